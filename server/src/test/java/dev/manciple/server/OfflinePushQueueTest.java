package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflinePushQueueTest {
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    Path folder;

    private @Nullable FeatureStore store;
    private @Nullable FeatureServer server;

    private Http start(int rows, Duration interval) throws IOException {
        FeatureStore repository = Repository.create(folder);
        store = repository;
        FeatureServer started = FeatureServer.start(
                repository,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withDrain(Duration.ZERO)
                        .withConduct(Conduct.DEFAULT.withOfflinePushes(new Conduct.OfflinePushes(rows, interval))),
                "test");
        server = started;
        return Http.of(started);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (store != null) {
            store.close();
        }
    }

    private HttpResponse<String> push(Http http, int driver, String to) throws Exception {
        return http.post("/push", """
                {"push_source_name": "stats_push", "to": "%s", "df": {"driver_id": [%d], "conv_rate": [0.25], "trips": [3],
                 "name": ["Cy"], "event_timestamp": ["2024-06-01T00:00:00"], "created": ["2024-06-01T00:00:00"]}}
                """.formatted(to, driver));
    }

    private List<String> history() throws IOException {
        return Files.readAllLines(folder.resolve("stats.csv"));
    }

    @Test
    void pushesAreAppendedTogetherWhenThereAreEnough() throws Exception {
        Http http = start(3, LONG);
        int before = history().size();

        assertThat(push(http, 5001, "offline").statusCode()).isEqualTo(202);
        assertThat(push(http, 5002, "offline").statusCode()).isEqualTo(202);
        assertThat(history()).hasSize(before);
        assertThat(push(http, 5003, "offline").statusCode()).isEqualTo(202);
        Await.until("rows are appended", this::history, rows -> rows.size() != before);

        assertThat(history()).hasSize(before + 3);
    }

    @Test
    void pushesAreAppendedAfterTheInterval() throws Exception {
        Http http = start(1_000, Duration.ofMillis(50));
        int before = history().size();
        push(http, 5001, "offline");
        Await.until("rows are appended", this::history, rows -> rows.size() != before);

        assertThat(history()).hasSize(before + 1);
    }

    @Test
    void aServerThatStopsAppendsWhatItHas() throws Exception {
        Http http = start(1_000, LONG);
        int before = history().size();
        push(http, 5001, "offline");
        push(http, 5002, "offline");
        http.server().close();

        assertThat(history()).hasSize(before + 2);
    }

    @Test
    void theOnlinePartIsWrittenAtOnce() throws Exception {
        Http http = start(1_000, LONG);
        int before = history().size();
        assertThat(push(http, 5001, "online_and_offline").statusCode()).isEqualTo(202);

        assertThat(history()).hasSize(before);
        assertThat(http.post("/get-online-features", """
                {"entities": {"driver_id": [5001]}, "features": ["driver_stats:trips"]}
                """).body()).contains("\"values\":[3]");
        assertThat(push(http, 5002, "online").statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheOnlineStoreCannotTakeIsNotGathered() throws Exception {
        Http http = start(1_000, LONG);
        List<String> before = history();
        HttpResponse<String> answer = http.post("/push", """
                {"push_source_name": "stats_push", "to": "online_and_offline",
                 "df": {"driver_id": [null], "conv_rate": [0.5], "trips": [3], "name": ["x"],
                        "event_timestamp": ["2024-06-01"], "created": ["2024-06-01"]}}
                """);
        assertThat(answer.statusCode()).isEqualTo(400);
        http.server().close();

        assertThat(history()).isEqualTo(before);
    }

    @Test
    void rowsThatAreLostAreLoggedWithoutValues() throws Exception {
        Http http = start(1_000, LONG);
        push(http, 5001, "offline");
        List<String> columns = history();
        String secret = "4711-secret";
        Files.write(
                folder.resolve("stats.csv"),
                columns.stream().map(row -> row.replace("conv_rate", secret)).toList());
        try (Logged log = new Logged()) {
            http.server().close();
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("Lost 1 row pushed to 'stats_push'", "level DEBUG")
                            .doesNotContain(secret));
        }
    }

    @Test
    void rowsThatDoNotFitAreRefusedBeforeTheyAreTaken() throws Exception {
        Http http = start(1_000, LONG);
        HttpResponse<String> answer = http.post("/push", """
                {"push_source_name": "stats_push", "to": "offline", "df": {"driver_id": ["x"]}}
                """);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("driver_id");
        assertThat(http.post("/push", """
                        {"push_source_name": "stats_push", "to": "offline",
                         "df": {"driver_id": [5001], "trips": [3], "event_timestamp": ["2024-06-01T00:00:00"]}}
                        """))
                .matches(refused ->
                        refused.statusCode() == 400 && refused.body().contains("missing are conv_rate, name, created"));
        assertThat(http.post("/push", "{\"push_source_name\": \"none\", \"to\": \"offline\", \"df\": {}}")
                        .statusCode())
                .isEqualTo(422);
    }
}

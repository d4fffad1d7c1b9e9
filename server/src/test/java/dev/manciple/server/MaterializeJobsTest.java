package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.spi.Interval;
import dev.manciple.tck.Await;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MaterializeJobsTest {
    private static final String WINDOW = "{\"start_ts\": \"2024-01-01\", \"end_ts\": \"2025-01-01\"}";

    @TempDir
    Path folder;

    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        store = Repository.create(folder);
        server = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0).withDrain(Duration.ZERO), "test");
        http = Http.of(server);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    @Test
    void aJobIsAcceptedRunsAndCanBeAskedAbout() throws Exception {
        HttpResponse<String> accepted = http.post("/materialize?async=true", WINDOW);

        assertThat(accepted.statusCode()).isEqualTo(202);
        JsonNode answer = Http.json(accepted);
        assertThat(answer.get("status").stringValue()).isEqualTo("accepted");
        assertThat(answer.get("feature_views").toString()).isEqualTo("[\"driver_stats\"]");
        String job = accepted.headers().firstValue("location").orElseThrow();
        assertThat(job).endsWith(answer.get("job_id").stringValue());
        JsonNode state = Await.until(
                "the job is over",
                () -> Http.json(http.get(job)),
                seen -> !Set.of("accepted", "running")
                        .contains(seen.get("status").stringValue()));
        assertThat(state.get("status").stringValue()).as(state.toString()).isEqualTo("succeeded");
        assertThat(state.get("rows").toString()).isEqualTo("{\"driver_stats\":2}");
        assertThat(Http.json(http.get("/materialize/jobs")).get("jobs")).hasSize(1);
        assertThat(http.get("/metrics").body())
                .contains("feast_materialization_result_total{feature_view=\"driver_stats\",status=\"success\"} 1")
                .contains("feast_materialization_duration_seconds_count{feature_view=\"driver_stats\"} 1")
                .contains(
                        "feast_materialization_duration_seconds_bucket{feature_view=\"driver_stats\",le=\"3600.0\"} 1");
    }

    @Test
    void anIncrementalJobRunsToo() throws Exception {
        assertThat(http.post("/materialize-incremental?async=true", "{\"end_ts\": \"2025-06-01\"}")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void whatDoesNotExistIsNotAcceptedNorKnown() throws Exception {
        assertThat(http.post("/materialize?async=true", WINDOW.replace("}", ", \"feature_views\": [\"riders\"]}"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(http.get("/materialize/jobs/none").statusCode()).isEqualTo(404);
    }

    private JsonNode ended(HttpResponse<String> accepted) throws Exception {
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String job = accepted.headers().firstValue("location").orElseThrow();
        return Await.until(
                "the job is over",
                () -> Http.json(http.get(job)),
                seen -> !Set.of("accepted", "running")
                        .contains(seen.get("status").stringValue()));
    }

    private List<Interval> windows() {
        return store.registry().materialized().getOrDefault("driver_stats", List.of());
    }

    @Test
    void noViewIsNothingToDoUnlikeNoList() throws Exception {
        List<Interval> before = windows();
        String none = ", \"feature_views\": []}";
        String end = "{\"end_ts\": \"2025-06-01\"}";
        assertThat(http.post("/materialize", WINDOW.replace("}", none)).statusCode())
                .isEqualTo(200);
        assertThat(http.post("/materialize-incremental", end.replace("}", none)).statusCode())
                .isEqualTo(200);
        JsonNode job = ended(http.post("/materialize?async=true", WINDOW.replace("}", none)));
        assertThat(job.get("status").stringValue()).isEqualTo("succeeded");
        assertThat(job.get("feature_views")).isEmpty();
        assertThat(windows()).isEqualTo(before);
        assertThat(http.post("/materialize-incremental", end.replace("}", ", \"feature_views\": null}"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(windows()).isNotEqualTo(before);
    }

    @Test
    void anotherVersionThanTheActiveOneIsRefused() throws Exception {
        List<Interval> before = windows();
        String version = ", \"feature_views\": [\"driver_stats\"], \"version\": \"%s\"}";
        for (String path : List.of("/materialize", "/materialize-incremental", "/materialize?async=true")) {
            HttpResponse<String> refused = http.post(path, WINDOW.replace("}", version.formatted("v0")));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("version 'v0' cannot be materialized");
        }
        assertThat(windows()).isEqualTo(before);
        assertThat(http.post("/materialize", WINDOW.replace("}", version.formatted("latest")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void viewsWithNothingToDoArePassedOver() throws Exception {
        Files.writeString(folder.resolve("more.yaml"), """
                feature_views:
                  - name: later
                    entities: [driver]
                    schema:
                      - {name: trips, dtype: int64}
                    source: stats
                """);
        Repository.apply(store, folder);
        List<Interval> before = windows();
        // Before the end of the window that driver_stats has, after the year that a view without any begins with.
        String end = "{\"end_ts\": \"%s\"}";
        store.materialize(
                Instant.parse("2025-01-01T00:00:00Z"),
                Instant.parse("2099-01-01T00:00:00Z"),
                List.of("driver_stats"),
                MaterializeListener.NONE);
        HttpResponse<String> answer = http.post("/materialize-incremental", end.formatted("2098-01-01"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(store.registry().materialized().get("later")).hasSize(1);
        assertThat(windows()).hasSize(before.size() + 1);
        JsonNode job = ended(http.post("/materialize-incremental?async=true", end.formatted("2097-01-01")));
        assertThat(job.get("status").stringValue()).as(job.toString()).isEqualTo("succeeded");
        assertThat(job.get("errors")).isEmpty();
    }

    @Test
    void aJobThatFailsIsLoggedWithoutValues() throws Exception {
        String secret = "4711-secret";
        Files.writeString(
                folder.resolve("stats.csv"),
                "1003,0.5," + secret + ",Cy,2024-05-01T10:00:00Z,\n",
                StandardOpenOption.APPEND);
        try (Logged log = new Logged()) {
            JsonNode job = ended(http.post("/materialize?async=true", WINDOW));
            assertThat(job.get("status").stringValue()).isEqualTo("failed");
            assertThat(job.get("errors").toString())
                    .as("what the caller is told")
                    .contains(secret);
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(job.get("job_id").stringValue(), "driver_stats", "do not fit", "level DEBUG")
                            .doesNotContain(secret));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "async=1, 202",
        "async=YES, 202",
        "async=on, 202",
        "async=t, 202",
        "async=y&force=1, 202",
        "async=0, 200",
        "async=Off, 200",
        "async=n, 200",
        "async=no&force=F, 200",
        "async=maybe, 422",
        "async=, 422",
        "async=true&force=maybe, 422",
        "force=maybe, 422"
    })
    void wordsForYesAndNoAreFeasts(String query, int status) throws Exception {
        HttpResponse<String> answer = http.post("/materialize?" + query, WINDOW);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 422) {
            assertThat(answer.body()).contains("valid boolean");
        }
    }

    @Test
    void datesThatCouldBeTwoDaysAreRefused() throws Exception {
        HttpResponse<String> answer =
                http.post("/materialize", "{\"start_ts\": \"01/02/2026\", \"end_ts\": \"2026-03-01\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("start_ts").contains("01/02/2026");
    }

    @Test
    void howFarViewsLagBehindIsMeasured() throws Exception {
        assertThat(http.get("/metrics").body())
                .containsPattern(
                        "feast_feature_freshness_seconds\\{feature_view=\"driver_stats\",project=\"rides\"} [1-9]");
    }

    @Test
    void aViewThatIsBusyIsNotBegunAgainUnlessForced() throws Exception {
        Metrics metrics = new Metrics(Set.of());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Instant start = Instant.parse("2024-01-01T00:00:00Z");
        Instant end = Instant.parse("2025-01-01T00:00:00Z");
        MaterializeJobs.Run slow = (asked, views, listener) -> {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return asked.materialize(start, end, views, listener);
        };
        MaterializeJobs.Run quick =
                (asked, views, listener) -> asked.materialize(start, end, views, MaterializeListener.NONE);
        try (MaterializeJobs jobs = new MaterializeJobs(store, metrics, InstantSource.system(), 2)) {
            assertThat(jobs.submit(List.of("driver_stats"), false, slow))
                    .isInstanceOf(MaterializeJobs.Order.Accepted.class);
            begun.await();

            assertThat(jobs.submit(List.of("driver_stats"), false, quick))
                    .isEqualTo(new MaterializeJobs.Order.Busy(List.of("driver_stats")));
            assertThat(jobs.submit(List.of("driver_stats"), true, quick))
                    .isInstanceOf(MaterializeJobs.Order.Accepted.class);
            goOn.countDown();
            Await.until(
                    "all jobs are over",
                    jobs::all,
                    all -> all.stream().noneMatch(job -> job.ended().isEmpty()));
            assertThat(jobs.all()).extracting(MaterializeJobs.Job::state).containsOnly(MaterializeJobs.State.SUCCEEDED);
            assertThat(jobs.submit(List.of("driver_stats"), false, quick))
                    .as("free again")
                    .isInstanceOf(MaterializeJobs.Order.Accepted.class);
        }
    }
}

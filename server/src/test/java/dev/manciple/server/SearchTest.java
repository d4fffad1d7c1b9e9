package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.DocumentQuery;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTest {
    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        store = Repository.with(folder, """
                entities:
                  - {name: item, join_keys: [item_id], value_type: string}
                data_sources:
                  - name: items
                    type: push
                  - name: news
                    type: push
                feature_views:
                  - name: documents
                    entities: [item]
                    schema:
                      - {name: vector, dtype: Array(Float32), vector_index: true, vector_length: 2}
                      - {name: title, dtype: string}
                    source: items
                  - name: news
                    entities: [item]
                    ttl: 1h
                    schema:
                      - {name: vector, dtype: Array(Float32), vector_index: true, vector_length: 2}
                      - {name: title, dtype: string}
                    source: news
                """);
        server = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0), "test");
        http = Http.of(server);
        HttpResponse<String> pushed = http.post("/push", """
                {"push_source_name": "items", "df": {"item_id": ["a", "b", "c", "d"],
                 "vector": [[1, 0], [0, 1], [3, 3], null], "title": ["east", "north", "far", "nowhere"],
                 "event_timestamp": ["2024-06-01", "2024-06-01", "2024-06-01", "2024-06-01"]}}
                """);
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/search", "/retrieve-online-documents"})
    void theNearestRowsComeFirstWithTheirKeysAndDistances(String route) throws Exception {
        JsonNode answer = Http.json(http.post(route, """
                {"features": ["documents:title"], "query": [0.9, 0.2], "top_k": 2, "api_version": 1}
                """));

        assertThat(answer.at("/metadata/feature_names").toString()).isEqualTo("[\"item_id\",\"title\",\"distance\"]");
        assertThat(answer.at("/results/0/values").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(answer.at("/results/1/values").toString()).isEqualTo("[\"east\",\"north\"]");
        assertThat(answer.at("/results/2/values/0").doubleValue()).isCloseTo(0.2236, within());
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-4);
    }

    @ParameterizedTest
    @CsvSource({
        "L2,            a, 0",
        "L1,            a, 0",
        "cosine,        a, 0",
        "inner_product, c, -3",
    })
    void theCallerChoosesTheDistance(String metric, String nearest, double distance) throws Exception {
        JsonNode answer = Http.json(http.post(
                "/search",
                "{\"features\": [\"documents:title\"], \"query\": [1, 0], \"top_k\": 1, \"distance_metric\": \"%s\"}"
                        .formatted(metric)));

        assertThat(answer.at("/results/0/values/0").stringValue()).isEqualTo(nearest);
        assertThat(answer.at("/results/2/values/0").doubleValue()).isCloseTo(distance, within());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"features\": [\"documents:title\"], \"top_k\": 1}|query",
                "{\"features\": [\"documents:title\"], \"query\": [1, 0]}|top_k",
                "{\"features\": [\"documents:title\"], \"query\": [1, 0], \"top_k\": 0}|top_k",
                "{\"features\": [\"documents:title\"], \"query\": [1], \"top_k\": 1}|vectors of 2",
                "{\"features\": [\"documents:title\"], \"query\": [1, 0], \"top_k\": 1, \"distance_metric\": \"warp\"}|warp",
                "{\"features\": [\"driver_stats:trips\"], \"query\": [1, 0], \"top_k\": 1}|vector_index",
                "{\"features\": [\"documents:title\"], \"query\": [1, 0], \"top_k\": 1, \"api_version\": 2, \"query_string\": \"x\"}|query_string",
            })
    void whatCannotBeSearchedIsRefusedWithAReason(String body, String reason) throws Exception {
        HttpResponse<String> answer = http.post("/search", body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e300", "-3.5e38", "1e39"})
    void numbersBeyondThoseOfVectorsAreRefused(String number) throws Exception {
        HttpResponse<String> answer = http.post(
                "/search", "{\"features\": [\"documents:title\"], \"query\": [0, %s], \"top_k\": 1}".formatted(number));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("Number 2 of the query is").contains("32-bit");
    }

    @Test
    void aKeyThatIsNoTextIsNoFailureOfTheStore() throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", """
                {"features": ["documents:title"], "entities": {"item_id": ["\\ud800"]}}
                """);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(http.get("/metrics").body())
                .doesNotContain("online_store_read_duration_seconds_count{outcome=\"failed\"");
    }

    @Test
    void aVectorOfAnotherLengthIsRefusedWhenItIsWrittenAndSearchesGoOn() throws Exception {
        HttpResponse<String> refused = http.post("/write-to-online-store", """
                {"feature_view_name": "documents", "df": {"item_id": ["bad"], "vector": [[1, 0, 0]], "title": ["long"],
                 "event_timestamp": ["2024-06-01"]}}
                """);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).contains("'documents'", "item_id='bad'", "length 3 in 'vector'", "vector_length 2");
        assertThat(Http.json(http.post("/search", """
                {"features": ["documents:title"], "query": [1, 0], "top_k": 1}
                """)).at("/results/1/values").toString())
                .isEqualTo("[\"east\"]");
    }

    /** More than are written at a time. */
    @Test
    void ofManyRowsNoneIsWrittenIfTheLastVectorIsTooLong() throws Exception {
        int rows = 12_000;
        String answer = http.post(
                        "/write-to-online-store",
                        "{\"feature_view_name\": \"documents\", \"df\": {\"item_id\": [%s], \"vector\": [%s[1, 2, 3]], \"title\": [%s], \"event_timestamp\": [%s]}}"
                                .formatted(
                                        "\"many\",".repeat(rows) + "\"last\"",
                                        "[5, 5],".repeat(rows),
                                        "\"t\",".repeat(rows) + "\"t\"",
                                        "1717243200,".repeat(rows) + "1717243200"))
                .body();
        assertThat(answer).contains("item_id='last'", "has a vector of length 3");
        assertThat(http.post(
                                "/get-online-features",
                                "{\"entities\": {\"item_id\": [\"many\"]}, \"features\": [\"documents:title\"]}")
                        .body())
                .contains("NOT_FOUND");
    }

    @Test
    void expiredRowsTakeNoPlaces() throws Exception {
        news(http);

        JsonNode answer = Http.json(http.post("/search", """
                {"features": ["news:title"], "query": [1, 0], "top_k": 1}
                """));

        assertThat(answer.at("/results/1/values").toString()).isEqualTo("[\"fresh\"]");
        assertThat(answer.at("/results/1/statuses").toString()).isEqualTo("[\"PRESENT\"]");
    }

    @Test
    void withFeastsStatusesAgesAreNotJudged() throws Exception {
        ServerOptions options = ServerOptions.DEFAULT.withPort(0);
        ServerOptions feasts = new ServerOptions(
                options.host(),
                options.port(),
                options.grpcPort(),
                options.tls(),
                options.limits(),
                options.registryTtl(),
                options.drain(),
                options.conduct().withFeastStatuses());
        try (FeatureServer feast = FeatureServer.start(store, feasts, "test")) {
            Http client = Http.of(feast);
            news(client);

            JsonNode answer = Http.json(client.post("/search", """
                    {"features": ["news:title"], "query": [1, 0], "top_k": 1}
                    """));

            assertThat(answer.at("/results/1/values").toString()).isEqualTo("[\"old\"]");
            assertThat(answer.at("/results/1/statuses").toString()).isEqualTo("[\"PRESENT\"]");
        }
    }

    @Test
    void whoAsksForExpiredValuesFindsThem() throws Exception {
        news(http);

        OnlineFeatures answer = store.search(new DocumentQuery(
                FeatureSelection.parse(List.of("news:title")),
                List.of(1f, 0f),
                1,
                Optional.empty(),
                new OnlineOptions(false, true)));

        assertThat(answer.values().get(1)).containsExactly(new Value.Text("old"));
        assertThat(answer.statuses().get(1)).containsExactly(FieldStatus.OUTSIDE_MAX_AGE);
    }

    /** One row past the view's TTL, and one that is farther. */
    private static void news(Http http) throws Exception {
        HttpResponse<String> pushed = http.post("/write-to-online-store", """
                {"feature_view_name": "news", "df": {"item_id": ["a", "b"], "vector": [[1, 0], [3, 3]],
                 "title": ["old", "fresh"], "event_timestamp": ["2024-06-01", "%s"]}}
                """.formatted(Instant.now()));
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(200);
    }

    @Test
    void moreRowsThanThereAreIsNoMistake() throws Exception {
        assertThat(Http.json(http.post("/search", """
                {"features": ["documents:title"], "query": [0, 0], "top_k": 9}
                """)).at("/results/0/values")).hasSize(3);
    }
}

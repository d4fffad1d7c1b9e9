package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server before a hybrid online store one of whose children is broken. */
class ServedRouterTest {
    @TempDir
    Path folder;

    @Test
    void theFailingStoreIsNamedAndCountedAndTheOthersAreServed() throws Exception {
        repository();
        try (FeatureStore store = FeatureStore.open(folder);
                FeatureServer server = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0), "test");
                HttpClient client = HttpClient.newHttpClient()) {
            Files.deleteIfExists(folder.resolve("far.db-wal"));
            Files.deleteIfExists(folder.resolve("far.db-shm"));
            Files.writeString(folder.resolve("far.db"), "no database at all".repeat(100));

            JsonNode answer = JsonMapper.shared().readTree(post(client, server, """
                    {"entities": {"driver_id": [1001]}, "features": ["trips:count", "scores:score"], "include_details": true}
                    """));

            assertThat(answer.at("/results/1/statuses/0").stringValue()).isEqualTo("PRESENT");
            assertThat(answer.at("/results/2/statuses/0").stringValue()).isEqualTo("INVALID");
            assertThat(answer.at("/metadata/origins/1/store").stringValue()).isEqualTo("near");
            assertThat(answer.at("/metadata/failures/0/store").stringValue()).isEqualTo("far");
            assertThat(answer.at("/metadata/failures/0/view").stringValue()).isEqualTo("scores");
            assertThat(answer.at("/metadata/failures/0/reason").stringValue()).contains("far.db");
            assertThat(get(client, server))
                    .contains("manciple_online_store_failures_total{store=\"far\"} 1")
                    .contains("online_store_read_duration_seconds_count{outcome=\"answered\",store=\"sqlite\"} 1")
                    .contains("online_store_read_duration_seconds_count{outcome=\"failed\",store=\"sqlite\"} 1")
                    .contains("online_store_read_duration_seconds_count{outcome=\"answered\",store=\"hybrid\"} 1");
        }
    }

    private void repository() throws IOException {
        Files.writeString(folder.resolve("feature_store.yaml"), """
                project: rides
                registry: registry.db
                offline_store: file
                online_store:
                  type: hybrid
                  online_stores:
                    - {name: near, type: sqlite, path: near.db}
                    - {name: far, type: sqlite, path: far.db}
                """);
        Files.writeString(folder.resolve("data.csv"), """
                driver_id,count,score,event_timestamp
                1001,7,5,2024-05-01T10:00:00Z
                """);
        Files.writeString(folder.resolve("features.yaml"), """
                entities:
                  - {name: driver, join_keys: [driver_id], value_type: int64}
                data_sources:
                  - {name: data, path: data.csv, timestamp_field: event_timestamp}
                feature_views:
                  - name: trips
                    entities: [driver]
                    tags: {tribe: near}
                    schema:
                      - {name: count, dtype: int64}
                    source: data
                  - name: scores
                    entities: [driver]
                    tags: {tribe: far}
                    schema:
                      - {name: score, dtype: int64}
                    source: data
                """);
        assertThat(Cli.in(folder).run("apply").code()).isZero();
        assertThat(Cli.in(folder).run("materialize", "2024-01-01", "2025-01-01").code())
                .isZero();
    }

    private static String post(HttpClient client, FeatureServer server, String body) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(uri(server, "/get-online-features"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String get(HttpClient client, FeatureServer server) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(uri(server, "/metrics")).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static URI uri(FeatureServer server, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
    }
}

package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.model.FeatureView;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feature server as one of the stores of a hybrid online store. */
class RemoteChildTest {
    private static final FeatureSelection FEATURES = FeatureSelection.parse(List.of("served:trips", "kept:rate"));

    @TempDir
    private Path folder;

    @Test
    void isReadBesideTheOthersAndMayBeDown() throws Exception {
        Path behind = Files.createDirectory(folder.resolve("behind"));
        Files.writeString(behind.resolve("feature_store.yaml"), """
                project: rides
                registry: ../registry.db
                offline_store: file
                online_store: {type: sqlite, path: online.db}
                """);
        Path front = Files.createDirectory(folder.resolve("front"));
        Files.writeString(front.resolve("stats.csv"), "driver_id,trips,rate,ts\n1,7,0.5,2024-05-01T10:00:00Z\n");
        try (FeatureStore served = FeatureStore.open(behind)) {
            FeatureServer server = FeatureServer.start(served, ServerOptions.DEFAULT.withPort(0), "test");
            try (FeatureStore store = TestRepository.applied(front, config(server.port()), DEFINITIONS)) {
                store.materialize(
                        Instant.parse("2024-01-01T00:00:00Z"),
                        Instant.parse("2025-01-01T00:00:00Z"),
                        List.of(),
                        MaterializeListener.NONE);
                assertThat(read(store).values())
                        .containsExactly(
                                List.of(new Value.Int(1)), List.of(new Value.Int(7)), List.of(new Value.Real(0.5)));
                FeatureView view = store.materializable(List.of("served")).getFirst();
                assertThat(served.onlineStore().count(view)).isEqualTo(1);

                server.close();
                OnlineFeatures partly = read(store);
                assertThat(partly.statuses())
                        .containsExactly(
                                List.of(FieldStatus.PRESENT),
                                List.of(FieldStatus.INVALID),
                                List.of(FieldStatus.PRESENT));
                assertThat(partly.failures())
                        .singleElement()
                        .satisfies(failure -> assertThat(failure.reason()).contains("nobody answers there"));
            } finally {
                server.close();
            }
        }
    }

    private static OnlineFeatures read(FeatureStore store) {
        return store.onlineFeatures(FEATURES, Map.of("driver_id", List.of(new Value.Int(1))), OnlineOptions.DEFAULT);
    }

    private static String config(int port) {
        return """
                project: rides
                registry: ../registry.db
                offline_store: file
                online_store:
                  type: hybrid
                  online_stores:
                    - {type: remote, path: "http://127.0.0.1:%d", connection_retries: 0}
                    - {type: sqlite, path: online.db}
                """.formatted(port);
    }

    private static final String DEFINITIONS = """
            entities:
              - {name: driver, join_keys: [driver_id], value_type: int64}
            data_sources:
              - {name: stats, path: stats.csv, timestamp_field: ts}
            feature_views:
              - name: served
                entities: [driver]
                schema: [{name: trips, dtype: int64}]
                source: stats
                tags: {tribe: remote}
              - name: kept
                entities: [driver]
                schema: [{name: rate, dtype: float64}]
                source: stats
                tags: {tribe: sqlite}
            """;
}

package dev.manciple.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.PlanOptions;
import dev.manciple.RetrievalOptions;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import dev.manciple.tck.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository none of whose stores is here: everything goes through three servers, encrypted. */
class RemoteRepositoryTest {
    private static final FeatureSelection FEATURES =
            FeatureSelection.parse(List.of("driver_stats:trips", "driver_stats:rate"));

    @TempDir
    Path folder;

    @Test
    void appliesMaterializesJoinsAndReads() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        Path client = Files.createDirectory(folder.resolve("client"));
        Files.writeString(served.resolve("stats.csv"), """
                driver_id,trips,rate,event_timestamp
                1001,7,0.5,2024-05-01T10:00:00Z
                1001,8,0.75,2024-05-02T10:00:00Z
                1002,9,,2024-05-01T11:00:00Z
                """);
        SelfSigned certificate = SelfSigned.make(folder, "server", "ip:127.0.0.1");
        ServerOptions.Tls tls = new ServerOptions.Tls(certificate.key(), certificate.certificate(), Optional.empty());
        try (Servers servers = Servers.start(served, Optional.of(tls))) {
            configure(client, servers, certificate);
            try (BufferAllocator allocator = new RootAllocator();
                    FeatureStore store =
                            FeatureStore.openToApply(client, client.resolve("feature_store.yaml"), Map.of())) {
                apply(store, client);
                MaterializeReport report = store.materialize(
                        Instant.parse("2024-01-01T00:00:00Z"),
                        Instant.parse("2025-01-01T00:00:00Z"),
                        List.of(),
                        MaterializeListener.NONE);
                assertThat(report).isNotNull();
                assertOnline(store);
                assertHistory(store, allocator);
                assertThat(store.registry().materialized()).containsKey("driver_stats");
                assertThat(store.purge(List.of())).isEmpty();
                store.teardown();
                assertThat(store.registry().views()).isEmpty();
            }
        }
    }

    private static void configure(Path client, Servers servers, SelfSigned certificate) throws IOException {
        Files.writeString(client.resolve("feature_store.yaml"), """
                project: rides
                registry:
                  registry_type: remote
                  path: 127.0.0.1:%d
                  cert: %s
                offline_store:
                  type: remote
                  scheme: https
                  host: 127.0.0.1
                  port: %d
                  cert: %s
                online_store:
                  type: remote
                  path: https://127.0.0.1:%d
                  cert: %s
                """.formatted(
                        servers.registryPort(),
                        certificate.certificate(),
                        servers.offlinePort(),
                        certificate.certificate(),
                        servers.onlinePort(),
                        certificate.certificate()));
        Files.writeString(client.resolve("features.yaml"), """
                entities:
                  - {name: driver, join_keys: [driver_id], value_type: int64}
                data_sources:
                  - name: stats
                    path: stats.csv
                    timestamp_field: event_timestamp
                feature_views:
                  - name: driver_stats
                    entities: [driver]
                    schema:
                      - {name: trips, dtype: int64}
                      - {name: rate, dtype: float64}
                    source: stats
                """);
    }

    private static void apply(FeatureStore store, Path client) {
        Definitions definitions = Definitions.load(
                client, RepoConfig.load(client), Plugins.load(RemoteRepositoryTest.class.getClassLoader(), List.of()));
        store.apply(store.plan(definitions.all(), PlanOptions.DEFAULT));
        assertThat(store.plan(definitions.all(), PlanOptions.DEFAULT).changes())
                .as("changes of a second plan")
                .isEmpty();
    }

    private static void assertOnline(FeatureStore store) {
        OnlineFeatures read = store.onlineFeatures(
                FEATURES,
                Map.of("driver_id", List.of(new Value.Int(1002), new Value.Int(1001), new Value.Int(1003))),
                OnlineOptions.DEFAULT);
        assertThat(read.names()).containsExactly("driver_id", "trips", "rate");
        assertThat(read.values().get(1)).containsExactly(new Value.Int(9), new Value.Int(8), Value.Null.NULL);
        assertThat(read.statuses().get(1))
                .containsExactly(FieldStatus.PRESENT, FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
        assertThat(read.values().get(2)).containsExactly(Value.Null.NULL, new Value.Real(0.75), Value.Null.NULL);
        assertThat(read.statuses().get(2))
                .containsExactly(FieldStatus.NULL_VALUE, FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
        assertThat(read.eventTimes().get(1).get(1)).isEqualTo(Instant.parse("2024-05-02T10:00:00Z"));
    }

    private static void assertHistory(FeatureStore store, BufferAllocator allocator) throws IOException {
        try (ArrowReader joined = store.historicalFeatures(
                        store.entityRows(
                                List.of(Map.of(
                                        "driver_id", 1001L, "event_timestamp", Instant.parse("2024-05-01T12:00:00Z"))),
                                FEATURES),
                        FEATURES,
                        RetrievalOptions.DEFAULT)
                .open(allocator)) {
            List<List<Value>> rows = ArrowRows.read(joined);
            assertThat(rows).hasSize(1);
            assertThat(rows.getFirst()).contains(new Value.Int(7), new Value.Real(0.5));
        }
    }
}

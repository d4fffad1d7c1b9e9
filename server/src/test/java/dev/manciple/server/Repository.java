package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.PlanOptions;
import dev.manciple.model.Definition;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.transform.ForeignFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A feature repository with two drivers, applied and materialized. */
public final class Repository {
    private static final ForeignFunctions.Factory NO_FUNCTIONS = (endpoint, project, allocator) -> {
        throw new AssertionError("no test of this kind names a service");
    };

    private Repository() {}

    private static final String SQLITE = """
            online_store:
              type: sqlite
              path: online.db
            """;

    public static FeatureStore create(Path folder) throws IOException {
        return create(folder, SQLITE, "", NO_FUNCTIONS, List.of());
    }

    /** @param definitions what else is defined */
    static FeatureStore with(Path folder, String definitions) throws IOException {
        return create(folder, SQLITE, definitions, NO_FUNCTIONS, List.of());
    }

    /**
     * @param yaml what else is in the configuration, the online store included
     * @param definitions what else is defined
     * @param more what else is defined, in Java
     */
    static FeatureStore create(
            Path folder, String yaml, String definitions, ForeignFunctions.Factory foreign, List<Definition> more)
            throws IOException {
        Files.writeString(folder.resolve("feature_store.yaml"), """
                project: rides
                registry: registry.db
                offline_store:
                  type: file
                """ + yaml);
        Files.writeString(folder.resolve("stats.csv"), """
                driver_id,conv_rate,trips,name,event_timestamp,created
                1001,0.5,7,Ada,2024-05-01T10:00:00Z,2024-05-01T10:01:00Z
                1002,,9,Bob,2024-05-01T11:00:00Z,2024-05-01T11:01:00Z
                """);
        Files.writeString(folder.resolve("features.yaml"), """
                entities:
                  - {name: driver, join_keys: [driver_id], value_type: int64}
                data_sources:
                  - name: stats
                    path: stats.csv
                    timestamp_field: event_timestamp
                    created_timestamp_column: created
                  - name: stats_push
                    type: push
                    batch_source: stats
                feature_views:
                  - name: driver_stats
                    entities: [driver]
                    schema:
                      - {name: conv_rate, dtype: float32}
                      - {name: trips, dtype: int64}
                      - {name: name, dtype: string}
                    source: stats_push
                feature_services:
                  - name: ranking
                    features: [driver_stats]
                """);
        Files.writeString(folder.resolve("more.yaml"), definitions);
        FeatureStore store =
                FeatureStore.openToApply(folder, folder.resolve("feature_store.yaml"), System.getenv(), foreign);
        try {
            apply(store, folder, more);
            store.materialize(
                    Instant.parse("2024-01-01T00:00:00Z"),
                    Instant.parse("2025-01-01T00:00:00Z"),
                    List.of(),
                    MaterializeListener.NONE);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Makes the registry hold what the folder's files say now. */
    public static void apply(FeatureStore store, Path folder) {
        apply(store, folder, List.of());
    }

    /** Makes the registry hold what the folder's files say now, and {@code more}. */
    static void apply(FeatureStore store, Path folder, List<Definition> more) {
        Definitions written = Definitions.load(
                folder, RepoConfig.load(folder), Plugins.load(Repository.class.getClassLoader(), List.of()));
        List<Definition> all =
                Stream.concat(written.all().stream(), more.stream()).toList();
        store.apply(store.plan(all, PlanOptions.DEFAULT));
    }
}

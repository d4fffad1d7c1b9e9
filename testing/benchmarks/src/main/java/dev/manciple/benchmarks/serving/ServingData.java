package dev.manciple.benchmarks.serving;

import dev.manciple.FeatureStore;
import dev.manciple.PlanOptions;
import dev.manciple.model.FeatureView;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Twenty-five views of ten integers each over ten thousand keys, in a repository that Feast's server and Manciple's both open. */
final class ServingData {
    static final String KEY = "user_id";
    static final int VIEWS = 25;
    static final int FEATURES = 10;
    static final int KEYS = 10_000;

    private static final int BATCH = 5_000;
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
    private static final String SOURCE = "source.csv";

    private ServingData() {}

    static String view(int view) {
        return "view_" + view;
    }

    static String feature(int view, int feature) {
        return "v%d_f%d".formatted(view, feature);
    }

    static long value(long key, int view, int feature) {
        return 1_000 * key + (long) FEATURES * view + feature;
    }

    static EntityKey key(long key) {
        return new EntityKey(List.of(KEY), List.of(new Value.Int(key)));
    }

    /** Writes a repository over a Redis server and applies it; the caller closes what is returned. */
    static FeatureStore repository(Path folder, String project, String redis) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("feature_store.yaml"), """
                project: %s
                provider: local
                registry: registry.db
                offline_store:
                  type: file
                online_store:
                  type: redis
                  connection_string: "%s"
                entity_key_serialization_version: 3
                """.formatted(project, redis));
        Files.writeString(folder.resolve("features.yaml"), definitions());
        Files.writeString(folder.resolve(SOURCE), source());
        Files.deleteIfExists(folder.resolve("registry.db"));
        FeatureStore store = FeatureStore.open(folder);
        Definitions definitions = Definitions.load(
                folder, RepoConfig.load(folder), Plugins.load(ServingData.class.getClassLoader(), List.of()));
        store.apply(store.plan(definitions.all(), PlanOptions.DEFAULT));
        return store;
    }

    private static String definitions() {
        StringBuilder yaml = new StringBuilder("""
                entities:
                  - {name: user, join_keys: [%s], value_type: int64}
                feature_views:
                """.formatted(KEY));
        for (int view = 0; view < VIEWS; view++) {
            int of = view;
            String schema = IntStream.range(0, FEATURES)
                    .mapToObj(i -> "{name: %s, dtype: int64}".formatted(feature(of, i)))
                    .collect(Collectors.joining(", "));
            yaml.append("""
                      - name: %s
                        entities: [user]
                        ttl: 0
                        schema: [%s]
                        source: {path: %s, timestamp_field: event_timestamp}
                    """.formatted(view(view), schema, SOURCE));
        }
        return yaml.toString();
    }

    /** Whose columns say what the views may ask of it; the values come from {@link #fill}. */
    private static String source() {
        List<String> columns = IntStream.range(0, VIEWS * FEATURES)
                .mapToObj(i -> feature(i / FEATURES, i % FEATURES))
                .toList();
        return "%s,event_timestamp,%s%n0,2023-11-14T22:13:20Z,%s%n"
                .formatted(KEY, String.join(",", columns), "0,".repeat(columns.size() - 1) + "0");
    }

    static void fill(OnlineStore store, List<FeatureView> definitions) {
        for (int view = 0; view < VIEWS; view++) {
            int of = view;
            for (int from = 0; from < KEYS; from += BATCH) {
                store.write(
                        definitions.get(view),
                        IntStream.range(from, Math.min(from + BATCH, KEYS))
                                .mapToObj(key -> row(key, of))
                                .toList());
            }
        }
    }

    private static OnlineRow row(long key, int view) {
        return new OnlineRow(
                key(key),
                IntStream.range(0, FEATURES)
                        .<Value>mapToObj(feature -> new Value.Int(value(key, view, feature)))
                        .toList(),
                TIME,
                Optional.empty());
    }
}

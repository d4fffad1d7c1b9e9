package dev.manciple.benchmarks;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Views of one integer key and ten integer features, with one row per key in Parquet, in no order of the keys. */
record MaterializeWorkload(int views, long keys) {
    static final int FEATURES = 10;
    static final String KEY = "key";
    static final Instant START = Instant.ofEpochSecond(1_700_000_000);
    static final Instant END = START.plusSeconds(1_000_000);

    private static final String EVENT_TIME = "event_timestamp";
    /** Prime, so that multiples of it meet every key once. */
    private static final long STEP = 982_451_653;

    String file(int view) {
        return "materialize_%d_%d.parquet".formatted(keys, view);
    }

    String query(int view) {
        String features = IntStream.range(0, FEATURES)
                .mapToObj(i -> "(hash(i * %d + %d) %% 1000000)::BIGINT AS f%d"
                        .formatted(FEATURES * views, view * FEATURES + i, i))
                .collect(Collectors.joining(", "));
        return "SELECT (i * %d) %% %d AS %s, make_timestamptz(%d + (i %% 1000000) * 1000000) AS %s, %s FROM range(%d) AS numbers(i)"
                .formatted(STEP, keys, KEY, START.getEpochSecond() * 1_000_000, EVENT_TIME, features, keys);
    }

    List<FeatureView> definitions(Path folder) {
        return IntStream.range(0, views)
                .mapToObj(view -> FeatureView.of("view_" + view)
                        .source(DataSource.Batch.files(
                                        folder.resolve(file(view)).toString())
                                .eventTime(EVENT_TIME))
                        .entities(List.of(KEY))
                        .entityColumns(List.of(Field.of(KEY, ValueType.Scalar.INT64)))
                        .features(IntStream.range(0, FEATURES)
                                .mapToObj(i -> Field.of("f" + i, ValueType.Scalar.INT64))
                                .toList()))
                .toList();
    }

    long rows() {
        return views * keys;
    }
}

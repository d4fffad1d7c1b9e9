package dev.manciple.benchmarks;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * A point-in-time join of generated entity rows with one or more generated views.
 *
 * @param mostCpu times the floor's CPU
 * @param mostSeconds on the wall
 * @param mostMegabytes resident, of a process that does nothing else
 */
record JoinWorkload(
        String id,
        Spine spine,
        List<View> views,
        double mostCpu,
        OptionalDouble mostSeconds,
        OptionalDouble mostMegabytes) {
    static final String KEY = "key";
    static final String EVENT_TIME = "event_timestamp";
    static final String CREATED_TIME = "created";
    static final String LABEL = "label";
    static final Duration TTL = Duration.ofDays(30);

    private static final int MILLION = 1_000_000;
    private static final int GIGABYTE = 1_000;

    enum KeyType {
        INTEGER,
        TEXT;

        ValueType.Scalar type() {
            return switch (this) {
                case INTEGER -> ValueType.Scalar.INT64;
                case TEXT -> ValueType.Scalar.STRING;
            };
        }
    }

    /** Entity rows; one key in a hundred is of no view. */
    record Spine(long rows, long keys, KeyType keyType) {
        String file() {
            return "entities_%d_of_%d_%s.parquet".formatted(rows, keys, keyType).toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The history of a view.
     *
     * @param features all doubles where {@code wide}, else integers and doubles by turns
     * @param number tells views of one shape apart
     */
    record View(long rows, long keys, KeyType keyType, int features, boolean wide, int number) {
        String name() {
            return "v" + number;
        }

        String file() {
            return "view_%d_of_%d_%s_%d_%d.parquet"
                    .formatted(rows, keys, keyType, features, number)
                    .toLowerCase(Locale.ROOT);
        }

        List<Field> fields() {
            return IntStream.range(0, features)
                    .mapToObj(i ->
                            Field.of("f" + i, wide || i % 2 == 1 ? ValueType.Scalar.DOUBLE : ValueType.Scalar.INT64))
                    .toList();
        }

        FeatureView definition(Path folder) {
            return FeatureView.of(name())
                    .source(DataSource.Batch.files(folder.resolve(file()).toString())
                            .eventTime(EVENT_TIME)
                            .createdTime(CREATED_TIME))
                    .entities(List.of(KEY))
                    .entityColumns(List.of(Field.of(KEY, keyType.type())))
                    .features(fields())
                    .ttl(TTL);
        }
    }

    static List<JoinWorkload> all() {
        return List.of(
                narrow("P1", 10_000, 100_000, MILLION, 1, 0.8, OptionalDouble.empty()),
                narrow("P2", 100_000, 100_000, MILLION, 1, 1.3, OptionalDouble.empty()),
                narrow("P3", 100_000, 100_000, MILLION, 3, 1.3, OptionalDouble.empty()),
                narrow("P4", 10_000, 1_000, MILLION, 1, 1.3, OptionalDouble.empty()),
                narrow("P5", 100_000, MILLION, 10 * MILLION, 1, 0.6, OptionalDouble.of(GIGABYTE)),
                new JoinWorkload(
                        "P6",
                        new Spine(17_000, 17_000, KeyType.TEXT),
                        IntStream.range(0, 10)
                                .mapToObj(i -> new View(17_000, 17_000, KeyType.TEXT, 100, true, i))
                                .toList(),
                        1.0,
                        OptionalDouble.of(5),
                        OptionalDouble.of(2 * GIGABYTE)));
    }

    private static JoinWorkload narrow(
            String id,
            int entityRows,
            int keys,
            int viewRows,
            int views,
            double mostCpu,
            OptionalDouble mostMegabytes) {
        return new JoinWorkload(
                id,
                new Spine(entityRows, keys, KeyType.INTEGER),
                IntStream.range(0, views)
                        .mapToObj(i -> new View(viewRows, keys, KeyType.INTEGER, 5, false, i))
                        .toList(),
                mostCpu,
                OptionalDouble.empty(),
                mostMegabytes);
    }

    /** Rows, keys, entity rows and views, as people say it. */
    String describe() {
        View view = views.getFirst();
        return "%s%s rows of %s keys, %s entity rows, %d features"
                .formatted(
                        views.size() == 1 ? "" : views.size() + " x ",
                        round(view.rows),
                        round(view.keys),
                        round(spine.rows),
                        views.size() * view.features);
    }

    private static String round(long number) {
        return number % MILLION == 0
                ? number / MILLION + " M"
                : number % 1_000 == 0 ? number / 1_000 + " k" : "" + number;
    }
}

package dev.manciple.tck;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * A random point-in-time join: entity rows with duplicates, null keys and null times, and views whose rows lie on, just inside
 * and just outside every border that matters to some entity row, with ties, late rows, duplicates and nulls.
 *
 * @param spine the entity rows
 * @param timeColumn their time column
 * @param views what is joined, in order
 */
public record Scenario(Table spine, String timeColumn, List<View> views) {
    /**
     * A view before its source is loaded.
     *
     * @param keys the view's join keys; empty for global values
     * @param joinKeyMap join key to entity column
     * @param time by the names the source uses
     * @param fieldMapping source column to view name
     */
    public record View(
            String name,
            String outputName,
            String sourceName,
            Table source,
            TimeColumns time,
            Map<String, String> fieldMapping,
            List<Field> keys,
            List<Field> features,
            Map<String, String> joinKeyMap,
            Duration ttl) {
        /** The view as a request sees it, once its rows are loaded. */
        public ViewSlice slice(DataSource.Batch loaded) {
            FeatureView view = FeatureView.of(name)
                    .source(loaded.fieldMapping(fieldMapping))
                    .entities(keys.stream().map(Field::name).toList())
                    .entityColumns(keys)
                    .features(features)
                    .ttl(ttl);
            return new ViewSlice(view, outputName, features, joinKeyMap);
        }
    }

    /**
     * @param precision the finest step of time the store keeps
     * @param supported the types that can be loaded
     */
    public static Scenario random(long seed, ChronoUnit precision, Predicate<ValueType> supported) {
        return new Maker(seed, precision, supported).make();
    }

    private static final class Maker {
        private static final Instant START = Instant.parse("2024-03-31T00:30:00Z");

        private final Random random;
        private final RandomData data;
        private final Duration tick;
        private final List<ValueType> featureTypes;
        private final List<Scalar> keyTypes;
        private int names;

        Maker(long seed, ChronoUnit precision, Predicate<ValueType> supported) {
            this.random = new Random(seed);
            this.data = new RandomData(random, precision);
            this.tick = precision.getDuration();
            this.featureTypes = RandomData.types().stream().filter(supported).toList();
            this.keyTypes = RandomData.keyTypes().stream().filter(supported).toList();
        }

        Scenario make() {
            List<Field> entityColumns = fields(1 + random.nextInt(3), keyTypes);
            String timeColumn = name();
            Table spine = spine(entityColumns, timeColumn);
            List<View> views = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                views.add(view(spine, entityColumns, timeColumn));
            }
            return new Scenario(spine, timeColumn, views);
        }

        private Table spine(List<Field> keys, String timeColumn) {
            List<Field> columns = new ArrayList<>(keys);
            columns.add(Field.of(timeColumn, Scalar.UNIX_TIMESTAMP));
            columns.addAll(fields(random.nextInt(3), featureTypes));
            List<List<Value>> rows = new ArrayList<>();
            int count = 30 + random.nextInt(50);
            for (int i = 0; i < count; i++) {
                rows.add(
                        !rows.isEmpty() && random.nextInt(5) == 0
                                ? rows.get(random.nextInt(rows.size()))
                                : spineRow(columns, keys.size()));
            }
            return Table.of(columns, rows).handedOverAs(timeColumn, timeType());
        }

        private List<Value> spineRow(List<Field> columns, int keys) {
            List<Value> row = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                boolean none = random.nextInt(12) == 0;
                if (i < keys) {
                    row.add(
                            none
                                    ? Values.NULL
                                    : data.key((Scalar) columns.get(i).type()));
                } else if (i == keys) {
                    row.add(none ? Values.NULL : new Value.Time(START.plusSeconds(random.nextInt(7200))));
                } else {
                    row.add(data.value(columns.get(i).type()));
                }
            }
            return row;
        }

        private View view(Table spine, List<Field> entityColumns, String timeColumn) {
            // A view has no entity one time in six, else some of them, one time in three under names of its own.
            int keyCount = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(entityColumns.size());
            List<Field> used = entityColumns.subList(0, keyCount);
            boolean renamed = random.nextInt(3) == 0;
            List<Field> keys = used.stream()
                    .map(column -> renamed ? Field.of(name(), column.type()) : column)
                    .toList();
            Map<String, String> joinKeyMap = new HashMap<>();
            for (int i = 0; renamed && i < keyCount; i++) {
                joinKeyMap.put(keys.get(i).name(), used.get(i).name());
            }
            List<Field> features = fields(1 + random.nextInt(3), featureTypes);
            Map<String, String> mapping = new HashMap<>();
            List<Field> columns = new ArrayList<>();
            for (Field field : IntStream.range(0, keyCount + features.size())
                    .mapToObj(i -> i < keyCount ? keys.get(i) : features.get(i - keyCount))
                    .toList()) {
                String column = random.nextInt(3) == 0 ? name() : field.name();
                columns.add(Field.of(column, field.type()));
                if (!column.equals(field.name())) {
                    mapping.put(column, field.name());
                }
            }
            TimeColumns time = new TimeColumns(
                    name(), random.nextBoolean() ? Optional.of(name()) : Optional.empty(), Optional.empty());
            Duration ttl = ttl();
            Table table = source(columns, keyCount, time, ttl, spine, timeColumn);
            String name = viewName();
            return new View(
                    name,
                    random.nextInt(3) == 0 ? viewName() : name,
                    data.fileName(names++),
                    table,
                    time,
                    mapping,
                    keys,
                    features,
                    joinKeyMap,
                    ttl);
        }

        private Table source(
                List<Field> columns, int keys, TimeColumns time, Duration ttl, Table spine, String timeColumn) {
            List<Field> all = new ArrayList<>(columns);
            all.add(Field.of(time.event(), Scalar.UNIX_TIMESTAMP));
            time.created().ifPresent(created -> all.add(Field.of(created, Scalar.UNIX_TIMESTAMP)));
            List<Instant> borders = spine.rows().stream()
                    .map(row -> row.get(spine.column(timeColumn)))
                    .flatMap(value -> value instanceof Value.Time(Instant at)
                            ? List.of(at, at.minus(ttl)).stream()
                            : List.<Instant>of().stream())
                    .toList();
            List<List<Value>> rows = new ArrayList<>();
            int count = random.nextInt(150);
            for (int i = 0; i < count; i++) {
                List<Value> row = sourceRow(columns, keys, time, borders);
                rows.add(row);
                // The same moment again: a duplicate, a correction created later, or a tie in both times.
                while (random.nextInt(3) == 0) {
                    rows.add(again(row, columns.size(), keys, columns));
                }
            }
            Table table = Table.of(all, rows).handedOverAs(time.event(), timeType());
            return time.created().isEmpty()
                    ? table
                    : table.handedOverAs(time.created().get(), timeType());
        }

        private List<Value> sourceRow(List<Field> columns, int keys, TimeColumns time, List<Instant> borders) {
            List<Value> row = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                ValueType type = columns.get(i).type();
                boolean none = random.nextInt(20) == 0;
                row.add(i >= keys ? data.value(type) : none ? Values.NULL : data.key((Scalar) type));
            }
            Instant event = borders.isEmpty() ? START : borders.get(random.nextInt(borders.size()));
            Instant near = event.plus(tick.multipliedBy(random.nextInt(3) - 1L));
            row.add(random.nextInt(20) == 0 ? Values.NULL : new Value.Time(near));
            if (time.created().isPresent()) {
                row.add(created(near));
            }
            return row;
        }

        private List<Value> again(List<Value> row, int timeAt, int keys, List<Field> columns) {
            List<Value> copy = new ArrayList<>(row);
            for (int i = keys; i < timeAt; i++) {
                copy.set(i, data.value(columns.get(i).type()));
            }
            if (copy.size() > timeAt + 1
                    && random.nextBoolean()
                    && copy.get(timeAt) instanceof Value.Time(Instant event)) {
                copy.set(timeAt + 1, created(event));
            }
            return copy;
        }

        private Value created(Instant event) {
            return random.nextInt(5) == 0
                    ? Values.NULL
                    : new Value.Time(event.plus(tick.multipliedBy(random.nextInt(5) - 2L)));
        }

        private Duration ttl() {
            Duration ttl = List.of(
                            Duration.ZERO,
                            tick,
                            Duration.ofMillis(500),
                            Duration.ofSeconds(90),
                            Duration.ofHours(1),
                            Duration.ofDays(40_000))
                    .get(random.nextInt(6));
            return ttl.isZero() || ttl.compareTo(tick) >= 0 ? ttl : tick;
        }

        /** Times are the same moments, whatever unit and zone they are handed over in. */
        private ArrowType timeType() {
            return List.of(
                            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"),
                            new ArrowType.Timestamp(TimeUnit.MICROSECOND, null),
                            new ArrowType.Timestamp(TimeUnit.NANOSECOND, null),
                            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "Asia/Tokyo"))
                    .get(random.nextInt(4));
        }

        private List<Field> fields(int count, List<? extends ValueType> types) {
            return IntStream.range(0, count)
                    .mapToObj(i -> Field.of(name(), types.get(random.nextInt(types.size()))))
                    .toList();
        }

        private String name() {
            return data.name(names++);
        }

        /** Without the colon that separates view and feature in references. */
        private String viewName() {
            return name().replace(":", "");
        }
    }
}

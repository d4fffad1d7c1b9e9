package dev.manciple.server;

import dev.manciple.PushTarget;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TypeNames;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rows of requests, columns of cells, as Arrow. Feast's clients send times as text without a zone (UTC) or epoch seconds,
 * maps and structs as JSON inside text (Feast: online serving, 5), and call the times of any view {@code event_timestamp} and
 * {@code created}.
 */
public final class Frames {
    /** What Feast's client calls the times of rows, whatever the view's source calls them. */
    private static final String EVENT_TIMESTAMP = "event_timestamp";

    private static final String CREATED = "created";

    /** A null time as Feast's client sends it. */
    private static final long NO_TIME = Long.MIN_VALUE;

    private static final Set<ValueType> INTEGERS = Set.of(ValueType.Scalar.INT32, ValueType.Scalar.INT64);

    private static final Set<ValueType> NUMBERS =
            Set.of(ValueType.Scalar.INT32, ValueType.Scalar.INT64, ValueType.Scalar.FLOAT, ValueType.Scalar.DOUBLE);

    private static final JsonMapper JSON = JsonMapper.shared();

    private Frames() {}

    /**
     * Rows whose cells are parsed JSON. Columns none of the views has are left out, as Feast does.
     *
     * @param views that the rows are for
     * @param to where they go: only for the online store maps keep the kinds of their values
     */
    public static ArrowReader ofJson(
            BufferAllocator allocator, List<FeatureView> views, PushTarget to, Map<String, List<?>> columns) {
        return reader(allocator, views, to, columns, Frames::jsonValue);
    }

    /** As {@link #ofJson} with cells that are values; text becomes the declared type. */
    public static ArrowReader ofValues(
            BufferAllocator allocator, List<FeatureView> views, PushTarget to, Map<String, List<Value>> columns) {
        return reader(allocator, views, to, columns, (cell, type, column) -> ArrowValues.convert(cell, type, column));
    }

    /** How a cell becomes a value of its column's type. */
    private interface Cell<C extends @Nullable Object> {
        Value value(C cell, ValueType type, String column);
    }

    private static <C extends @Nullable Object> ArrowReader reader(
            BufferAllocator allocator,
            List<FeatureView> views,
            PushTarget to,
            Map<String, ? extends List<? extends C>> columns,
            Cell<C> converter) {
        int rows = columns.isEmpty() ? 0 : columns.values().iterator().next().size();
        Map<String, ValueType> types = types(views);
        Map<String, String> renamed = renamed(views, columns);
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
        List<List<Value>> values = new ArrayList<>();
        columns.forEach((given, cells) -> {
            if (cells.size() != rows) {
                throw new InvalidRequestException(
                        "The columns of df differ in length: '%s' has %d values, the first has %d"
                                .formatted(given, cells.size(), rows));
            }
            String column = renamed.getOrDefault(given, given);
            ValueType type = types.get(column);
            if (type != null) {
                fields.add(
                        to == PushTarget.ONLINE
                                ? ArrowTypes.keepingKinds(column, type)
                                : ArrowTypes.arrow(column, type));
                List<Value> converted = new ArrayList<>(rows);
                cells.forEach(cell -> converted.add(converter.value(cell, type, given)));
                values.add(converted);
            }
        });
        List<List<Value>> byRow = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int at = row;
            byRow.add(values.stream().map(column -> column.get(at)).toList());
        }
        // In one batch, so that none is stored if one of them cannot be.
        return ArrowRows.reader(allocator, new Schema(fields), byRow, Math.max(rows, 1));
    }

    private static Map<String, ValueType> types(List<FeatureView> views) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        for (FeatureView view : views) {
            for (Field key : view.entityColumns()) {
                types.put(key.name(), key.type());
            }
            for (Field feature : view.features()) {
                types.put(feature.name(), feature.type());
            }
            types.put(EVENT_TIMESTAMP, ValueType.Scalar.UNIX_TIMESTAMP);
            view.batchSource().map(DataSource.Batch::time).ifPresent(time -> {
                types.put(time.event(), ValueType.Scalar.UNIX_TIMESTAMP);
                time.created().ifPresent(created -> types.put(created, ValueType.Scalar.UNIX_TIMESTAMP));
            });
        }
        return types;
    }

    /** Feast's fixed names to the names of the view's source, where only the fixed ones were sent. */
    private static Map<String, String> renamed(List<FeatureView> views, Map<String, ?> columns) {
        Map<String, String> renamed = new LinkedHashMap<>();
        views.stream().flatMap(view -> view.batchSource().stream()).forEach(source -> {
            String event = source.time().event();
            if (!event.isBlank() && !columns.containsKey(event) && columns.containsKey(EVENT_TIMESTAMP)) {
                renamed.put(EVENT_TIMESTAMP, event);
            }
            source.time()
                    .created()
                    .filter(created -> !columns.containsKey(created) && columns.containsKey(CREATED))
                    .ifPresent(created -> renamed.put(CREATED, created));
        });
        return renamed;
    }

    private static Value jsonValue(@Nullable Object cell, ValueType type, String column) {
        if (type == ValueType.Scalar.UNIX_TIMESTAMP) {
            return time(cell, column);
        }
        if (isLoose(cell, type)) {
            return ArrowValues.convert(ValueJson.fromJson(cell), type, "Column '%s' of df".formatted(column));
        }
        try {
            return ValueJson.fromJson(unpacked(cell, type), type);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException("Column '%s' of df: %s".formatted(column, e.getMessage()), e);
        }
    }

    /** In pandas a column of integers in which one is missing is one of fractions, and one with a text in it is all text. */
    private static boolean isLoose(@Nullable Object cell, ValueType type) {
        return cell instanceof String ? NUMBERS.contains(type) : isFraction(cell) && INTEGERS.contains(type);
    }

    private static boolean isFraction(@Nullable Object cell) {
        return cell instanceof Double || cell instanceof Float || cell instanceof BigDecimal;
    }

    /**
     * A cell as its type is written here: maps and structs out of their text, also those in lists, since Feast's client sends a
     * list of structs as a list of texts; what Python would make text or a truth, made that.
     */
    private static @Nullable Object unpacked(@Nullable Object cell, ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(cell, scalar);
            case ValueType.ListOf list -> elements(cell, list.element());
            case ValueType.SetOf set -> elements(cell, set.element());
            case ValueType.StringMap map -> fromText(cell, type);
            case ValueType.ScalarMap map -> fromText(cell, type);
            case ValueType.StructOf struct -> parts(fromText(cell, type), struct);
        };
    }

    private static @Nullable Object scalar(@Nullable Object cell, ValueType.Scalar type) {
        return switch (type) {
            case JSON -> cell == null || cell instanceof String ? cell : PythonText.json(cell);
            case STRING -> cell instanceof Number || cell instanceof Boolean ? PythonText.scalar(cell) : cell;
            case BOOL -> cell instanceof Number number && isBit(number) ? number.intValue() == 1 : cell;
            case FLOAT, DOUBLE -> cell instanceof BigInteger integer ? finite(integer) : cell;
            case BYTES,
                    IMAGE_BYTES,
                    PDF_BYTES,
                    INT32,
                    INT64,
                    UNIX_TIMESTAMP,
                    ZONED_TIMESTAMP,
                    DECIMAL,
                    UUID,
                    TIME_UUID -> cell;
        };
    }

    private static boolean isBit(Number number) {
        return number.doubleValue() == 0 || number.doubleValue() == 1;
    }

    /** An integer beyond 64 bits, which is how JavaScript writes a large fraction. */
    private static Object finite(BigInteger integer) {
        double real = integer.doubleValue();
        return Double.isFinite(real) ? real : integer;
    }

    private static @Nullable Object elements(@Nullable Object cell, ValueType element) {
        boolean packed = cell instanceof String && !(element instanceof ValueType.Scalar);
        if (!((packed ? fromText(cell, new ValueType.ListOf(element)) : cell) instanceof List<?> list)) {
            return cell;
        }
        List<@Nullable Object> unpacked = new ArrayList<>(list.size());
        list.forEach(each -> unpacked.add(unpacked(each, element)));
        return unpacked;
    }

    private static @Nullable Object parts(@Nullable Object cell, ValueType.StructOf type) {
        if (!(cell instanceof Map<?, ?> object)) {
            return cell;
        }
        Map<Object, @Nullable Object> unpacked = new LinkedHashMap<>(object);
        type.fields()
                .forEach(
                        field -> unpacked.computeIfPresent(field.name(), (name, part) -> unpacked(part, field.type())));
        return unpacked;
    }

    private static @Nullable Object fromText(@Nullable Object cell, ValueType type) {
        if (!(cell instanceof String text)) {
            return cell;
        }
        try {
            return JSON.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw new InvalidRequestException(
                    "%s is no JSON, as a %s is sent in text"
                            .formatted(ArrowValues.show(new Value.Text(text)), TypeNames.of(type)),
                    e);
        }
    }

    /** Seconds with a fraction, to the microsecond. */
    private static Value time(BigDecimal seconds, String column) {
        BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
        Value time =
                ArrowValues.convert(ValueJson.fromJson(whole.toBigInteger()), ValueType.Scalar.UNIX_TIMESTAMP, column);
        long micros = seconds.subtract(whole).movePointRight(6).longValue();
        return time instanceof Value.Time(Instant second)
                ? new Value.Time(second.plus(micros, ChronoUnit.MICROS))
                : time;
    }

    private static Value time(@Nullable Object cell, String column) {
        if (cell instanceof Long seconds && seconds == NO_TIME) {
            return Value.Null.NULL;
        }
        if (isFraction(cell) && cell instanceof Number seconds && Double.isFinite(seconds.doubleValue())) {
            return time(BigDecimal.valueOf(seconds.doubleValue()), column);
        }
        return ArrowValues.convert(ValueJson.fromJson(cell), ValueType.Scalar.UNIX_TIMESTAMP, column);
    }
}

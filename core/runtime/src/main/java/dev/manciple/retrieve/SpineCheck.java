package dev.manciple.retrieve;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import dev.manciple.transform.OutputFeature;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Compares the columns of entity rows with what a plan needs of them, before anything runs. */
final class SpineCheck {
    /** The column looked for first, as in Feast. */
    static final String EVENT_TIMESTAMP = "event_timestamp";

    private final Map<String, ArrowType> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> names;

    private SpineCheck(Schema schema) {
        names = schema.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
        for (org.apache.arrow.vector.types.pojo.Field column : schema.getFields()) {
            if (Spine.isReserved(column.getName())) {
                throw new InvalidRequestException(
                        "The entity rows have a column '%s': names that start with '%s' are reserved. Rename it."
                                .formatted(column.getName(), Spine.RESERVED_PREFIX));
            }
            if (columns.put(column.getName(), column.getType()) != null) {
                throw new InvalidRequestException(
                        "The entity rows have two columns named '%s' (case does not count). Rename one."
                                .formatted(column.getName()));
            }
        }
    }

    /**
     * The column that holds the time of entity rows: {@code event_timestamp}, else the only one of a time type.
     *
     * @throws InvalidRequestException if there is none or there are several
     */
    static String timeColumn(Schema schema) {
        if (schema.getFields().stream().anyMatch(field -> field.getName().equals(EVENT_TIMESTAMP))) {
            return EVENT_TIMESTAMP;
        }
        List<String> times = schema.getFields().stream()
                .filter(field -> isTime(field.getType()))
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
        if (times.size() != 1) {
            throw new InvalidRequestException("%s. Name the time of the entity rows '%s'. Columns: %s"
                    .formatted(
                            times.isEmpty()
                                    ? "The entity rows have no column of times"
                                    : "The entity rows have several columns of times: " + String.join(", ", times),
                            EVENT_TIMESTAMP,
                            columns(schema)));
        }
        return times.getFirst();
    }

    static void check(Spine.Rows rows, FeaturePlan plan) {
        SpineCheck check = new SpineCheck(rows.schema());
        check.time(rows.timeColumn());
        plan.slices().forEach(check::joinKeys);
        plan.requestInputs().forEach(input -> check.requestInput(input, plan));
        plan.outputs().forEach(output -> check.unused(output.name()));
        if (!plan.isStoredOnly()) {
            for (ViewSlice slice : plan.slices()) {
                slice.features().forEach(feature -> check.unused(slice.outputColumn(feature, true)));
            }
        }
    }

    /** The rows a range makes up have the join keys and a time; features must not be called the same. */
    static void checkRange(FeaturePlan plan) {
        Set<String> made = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        made.add(EVENT_TIMESTAMP);
        plan.slices().forEach(slice -> slice.view().joinKeys().forEach(key -> made.add(slice.spineColumn(key))));
        for (OutputFeature output : plan.outputs()) {
            if (made.contains(output.name())) {
                throw new InvalidRequestException(
                        "The result of a time range has a column '%s' of its own, which is also the name of a feature. Ask for full feature names."
                                .formatted(output.name()));
            }
        }
    }

    private void time(String timeColumn) {
        if (!names.contains(timeColumn)) {
            throw new InvalidRequestException("The entity rows have no time column '%s'. Columns: %s"
                    .formatted(timeColumn, String.join(", ", names)));
        }
        ArrowType type = columns.get(timeColumn);
        if (type == null || !isTime(type)) {
            throw new InvalidRequestException("The time column '%s' of the entity rows holds %s, not times"
                    .formatted(timeColumn, type == null ? "nothing" : ArrowTypes.title(type)));
        }
    }

    private void joinKeys(ViewSlice slice) {
        for (Field key : slice.view().entityColumns()) {
            String column = slice.spineColumn(key.name());
            ArrowType type = columns.get(column);
            if (type == null || !names.contains(column)) {
                throw new InvalidRequestException(
                        "The entity rows have no column '%s', which feature view '%s' needs for its join key '%s'. Columns: %s"
                                .formatted(column, slice.view().name(), key.name(), String.join(", ", names)));
            }
            if (!holds(type, key.type())) {
                throw new InvalidRequestException(
                        "Column '%s' of the entity rows holds %s, but join key '%s' of feature view '%s' is %s. Convert the column, or correct the entity's type."
                                .formatted(
                                        column,
                                        ArrowTypes.title(type),
                                        key.name(),
                                        slice.view().name(),
                                        key.type()));
            }
        }
    }

    private void requestInput(OnDemandInput.FromRequest input, FeaturePlan plan) {
        if (!names.contains(input.name())) {
            throw new InvalidRequestException(
                    "The entity rows have no column '%s', which on demand feature view '%s' takes from the request. Columns: %s"
                            .formatted(input.name(), readers(input, plan), String.join(", ", names)));
        }
    }

    private static String readers(OnDemandInput.FromRequest input, FeaturePlan plan) {
        return plan.onDemand().stream()
                .filter(slice -> slice.inputs().contains(input))
                .map(slice -> slice.view().name())
                .collect(Collectors.joining("', '"));
    }

    private void unused(String output) {
        if (columns.containsKey(output)) {
            throw new InvalidRequestException(
                    "The entity rows have a column '%s', which is also the name of a feature in the result. Rename the column, or ask for full feature names."
                            .formatted(output));
        }
    }

    private static String columns(Schema schema) {
        return schema.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .collect(Collectors.joining(", "));
    }

    static boolean isTime(ArrowType type) {
        return type instanceof ArrowType.Timestamp || type instanceof ArrowType.Date;
    }

    /** Whether values of an Arrow type can equal keys of a declared type without a guess at what they mean. */
    private static boolean holds(ArrowType type, ValueType declared) {
        if (type instanceof ArrowType.Null || !(declared instanceof ValueType.Scalar scalar)) {
            return true;
        }
        return switch (scalar) {
            case INT32, INT64 -> type instanceof ArrowType.Int;
            case STRING, JSON -> isText(type);
            case UUID, TIME_UUID -> isText(type) || isBinary(type);
            case FLOAT, DOUBLE ->
                type instanceof ArrowType.FloatingPoint
                        || type instanceof ArrowType.Int
                        || type instanceof ArrowType.Decimal;
            case DECIMAL -> type instanceof ArrowType.Decimal || type instanceof ArrowType.Int || isText(type);
            case BOOL -> type instanceof ArrowType.Bool;
            case UNIX_TIMESTAMP, ZONED_TIMESTAMP -> isTime(type);
            case BYTES, IMAGE_BYTES, PDF_BYTES -> isBinary(type);
        };
    }

    private static boolean isText(ArrowType type) {
        return type instanceof ArrowType.Utf8
                || type instanceof ArrowType.LargeUtf8
                || type instanceof ArrowType.Utf8View;
    }

    private static boolean isBinary(ArrowType type) {
        return type instanceof ArrowType.Binary
                || type instanceof ArrowType.LargeBinary
                || type instanceof ArrowType.BinaryView
                || type instanceof ArrowType.FixedSizeBinary;
    }
}

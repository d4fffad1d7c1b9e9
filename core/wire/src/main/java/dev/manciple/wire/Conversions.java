package dev.manciple.wire;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.TypeNames;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Brings a value into the one shape its declared type has, both before it is written and after it was read, since a type may
 * have changed in between. Only what loses nothing is converted: integers to fractions, seconds to times, times to times in
 * UTC, lists to sets and back.
 */
final class Conversions {
    private Conversions() {}

    /** @throws InvalidRequestException if the value is none of the type */
    static Value convert(Value value, ValueType type) {
        if (value == Value.Null.NULL) {
            return value;
        }
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(value, scalar);
            case ValueType.ListOf list -> many(value, list.element(), type);
            case ValueType.SetOf set -> distinct(many(value, set.element(), type));
            case ValueType.StringMap map -> keyed(value, type);
            case ValueType.ScalarMap map -> entries(value);
            case ValueType.StructOf struct -> struct(keyed(value, type), struct);
        };
    }

    private static Value scalar(Value value, ValueType.Scalar type) {
        boolean fits = switch (type) {
            case INT64 -> value instanceof Value.Int;
            case INT32 -> value instanceof Value.Int integer && integer.value() == (int) integer.value();
            case FLOAT, DOUBLE -> value instanceof Value.Real;
            case BOOL -> value instanceof Value.Bool;
            case STRING, DECIMAL, JSON, UUID, TIME_UUID -> value instanceof Value.Text;
            case BYTES, IMAGE_BYTES, PDF_BYTES -> value instanceof Value.Bytes;
            case UNIX_TIMESTAMP -> value instanceof Value.Time;
            case ZONED_TIMESTAMP -> value instanceof Value.ZonedTime;
        };
        return fits ? value : widened(value, type);
    }

    private static Value widened(Value value, ValueType.Scalar type) {
        if (value instanceof Value.Int integer) {
            if (type == ValueType.Scalar.FLOAT || type == ValueType.Scalar.DOUBLE) {
                return new Value.Real(integer.value());
            }
            if (type == ValueType.Scalar.UNIX_TIMESTAMP) {
                return time(integer.value());
            }
        }
        if (value instanceof Value.ZonedTime zoned && type == ValueType.Scalar.UNIX_TIMESTAMP) {
            return new Value.Time(zoned.value());
        }
        if (value instanceof Value.Time time && type == ValueType.Scalar.ZONED_TIMESTAMP) {
            return new Value.ZonedTime(time.value(), ZoneOffset.UTC);
        }
        throw mismatch(value, type);
    }

    /** Epoch seconds as a time; the smallest number is how Feast writes a null one. */
    static Value time(long seconds) {
        if (seconds == Long.MIN_VALUE) {
            return Value.Null.NULL;
        }
        try {
            return new Value.Time(Instant.ofEpochSecond(seconds));
        } catch (DateTimeException e) {
            throw new InvalidRequestException("%d epoch seconds are out of range".formatted(seconds), e);
        }
    }

    /** A list that needs no conversion, which is nearly every list, is given back as it is. */
    @SuppressWarnings("ReferenceEquality")
    private static Value.Many many(Value value, ValueType element, ValueType type) {
        if (!(value instanceof Value.Many many)) {
            throw mismatch(value, type);
        }
        List<Value> converted = new ArrayList<>(many.values().size());
        boolean changed = false;
        for (Value each : many.values()) {
            Value after = convert(each, element);
            changed |= after != each;
            converted.add(after);
        }
        return changed ? new Value.Many(converted) : many;
    }

    private static Value.Many distinct(Value.Many many) {
        LinkedHashSet<Value> distinct = new LinkedHashSet<>(many.values());
        return distinct.size() == many.values().size() ? many : new Value.Many(List.copyOf(distinct));
    }

    private static Value.Keyed keyed(Value value, ValueType type) {
        if (value instanceof Value.Keyed keyed) {
            return keyed;
        }
        throw mismatch(value, type);
    }

    private static Value.Keyed struct(Value.Keyed keyed, ValueType.StructOf type) {
        Map<String, Value> converted = new LinkedHashMap<>(keyed.values());
        for (Field field : type.fields()) {
            converted.computeIfPresent(field.name(), (name, part) -> convert(part, field.type()));
        }
        return new Value.Keyed(converted);
    }

    private static Value entries(Value value) {
        if (value instanceof Value.Entries) {
            return value;
        }
        throw mismatch(value, ValueType.ScalarMap.SCALAR_MAP);
    }

    private static InvalidRequestException mismatch(Value value, ValueType type) {
        return new InvalidRequestException("%s is no %s".formatted(ArrowValues.show(value), TypeNames.of(type)));
    }
}

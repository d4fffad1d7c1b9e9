package dev.manciple.wire;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values in the JSON of Feast's HTTP server, as objects any JSON library takes: texts, numbers, booleans, lists, maps and
 * null. Integers are numbers whatever their size, bytes base64, times epoch seconds, zoned times ISO-8601 text, JSON values
 * their text. Maps of scalars are null, as in Feast, whose JSON has no keys but texts; so are NaN and the infinities, which
 * JSON lacks.
 */
public final class ValueJson {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxxxx");

    private ValueJson() {}

    /** A value for a response; null too where there is no value. */
    public static @Nullable Object toJson(Value value) {
        return switch (value) {
            case Value.Null absent -> null;
            case Value.Missing absent -> null;
            case Value.Corrupt absent -> null;
            case Value.Entries unspeakable -> null;
            case Value.Int integer -> integer.value();
            case Value.Real real -> Double.isFinite(real.value()) ? real.value() : null;
            case Value.Bool bool -> bool.value();
            case Value.Text text -> text.value();
            case Value.Bytes bytes -> base64(bytes.value());
            case Value.Time time -> time.value().getEpochSecond();
            case Value.ZonedTime time -> ISO.format(time.value().atZone(time.zone()));
            case Value.Many many -> list(many);
            case Value.Keyed keyed -> object(keyed);
        };
    }

    /**
     * A value of a request by what the JSON says it is. Among fractions integers are fractions too.
     *
     * @param json null, a boolean, text, number, list or map with text keys
     * @throws InvalidRequestException if it is anything else, or an integer of more than 64 bits
     */
    public static Value fromJson(@Nullable Object json) {
        return switch (json) {
            case null -> Value.Null.NULL;
            case Boolean bool -> new Value.Bool(bool);
            case String text -> new Value.Text(text);
            case Float real -> new Value.Real(real);
            case Double real -> new Value.Real(real);
            case BigDecimal real -> new Value.Real(real.doubleValue());
            case BigInteger integer -> integer(integer);
            case Number integer -> new Value.Int(integer.longValue());
            case List<?> list -> many(list);
            case Map<?, ?> object -> keyed(object);
            default ->
                throw new InvalidRequestException(
                        "%s is no JSON but a %s".formatted(json, json.getClass().getSimpleName()));
        };
    }

    /**
     * A value of a request for a column of a known type: times as epoch seconds or ISO-8601 text, bytes as base64.
     *
     * @throws InvalidRequestException if the JSON is not of the type
     */
    public static Value fromJson(@Nullable Object json, ValueType type) {
        return Conversions.convert(typed(fromJson(json), type), type);
    }

    /** Gives texts the meaning their type has in JSON, wherever they are. */
    private static Value typed(Value value, ValueType type) {
        return switch (type) {
            case Scalar scalar when value instanceof Value.Text text -> typed(text, scalar);
            case Scalar scalar
            when scalar == Scalar.UNIX_TIMESTAMP && value instanceof Value.Int ->
                ArrowValues.convert(value, scalar, "A time");
            case Scalar scalar -> value;
            case ValueType.ListOf list -> typedElements(value, list.element());
            case ValueType.SetOf set -> typedElements(value, set.element());
            case ValueType.StructOf struct -> typedFields(value, struct);
            case ValueType.StringMap map -> value;
            case ValueType.ScalarMap map -> value;
        };
    }

    private static Value typed(Value.Text text, Scalar type) {
        return switch (type) {
            case UNIX_TIMESTAMP -> new Value.Time(instant(text.value()));
            case ZONED_TIMESTAMP -> zoned(text.value());
            case BYTES, IMAGE_BYTES, PDF_BYTES -> bytes(text.value());
            case STRING, INT32, INT64, FLOAT, DOUBLE, BOOL, DECIMAL, JSON, UUID, TIME_UUID -> text;
        };
    }

    private static Value typedElements(Value value, ValueType element) {
        return value instanceof Value.Many many
                ? new Value.Many(
                        many.values().stream().map(each -> typed(each, element)).toList())
                : value;
    }

    private static Value typedFields(Value value, ValueType.StructOf struct) {
        if (!(value instanceof Value.Keyed keyed)) {
            return value;
        }
        Map<String, Value> values = new LinkedHashMap<>(keyed.values());
        for (Field field : struct.fields()) {
            values.computeIfPresent(field.name(), (name, part) -> typed(part, field.type()));
        }
        return new Value.Keyed(values);
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidRequestException(
                    "%s is no time: epoch seconds or ISO-8601 such as 2026-01-31T12:00:00Z are".formatted(shown(text)),
                    e);
        }
    }

    private static Value zoned(String text) {
        try {
            ZonedDateTime time = ZonedDateTime.parse(text);
            return new Value.ZonedTime(time.toInstant(), time.getZone());
        } catch (DateTimeException e) {
            throw new InvalidRequestException(
                    "%s is no zoned time such as 2026-01-31T12:00:00+01:00".formatted(shown(text)), e);
        }
    }

    private static Value bytes(String text) {
        try {
            return new Value.Bytes(ByteBuffer.wrap(Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("%s is not base64".formatted(shown(text)), e);
        }
    }

    private static String shown(String text) {
        return ArrowValues.show(new Value.Text(text));
    }

    private static Value integer(BigInteger integer) {
        try {
            return new Value.Int(integer.longValueExact());
        } catch (ArithmeticException e) {
            throw new InvalidRequestException("%s does not fit into 64 bits".formatted(shown(integer.toString())), e);
        }
    }

    private static Value many(List<?> list) {
        List<Value> values = new ArrayList<>(list.size());
        list.forEach(each -> values.add(fromJson(each)));
        if (values.stream().anyMatch(Value.Real.class::isInstance)) {
            values.replaceAll(each -> each instanceof Value.Int integer ? new Value.Real(integer.value()) : each);
        }
        return new Value.Many(values);
    }

    private static Value keyed(Map<?, ?> object) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : object.entrySet()) {
            values.put(String.valueOf(entry.getKey()), fromJson(entry.getValue()));
        }
        return new Value.Keyed(values);
    }

    private static List<@Nullable Object> list(Value.Many many) {
        List<@Nullable Object> list = new ArrayList<>(many.values().size());
        many.values().forEach(each -> list.add(toJson(each)));
        return list;
    }

    private static Map<String, @Nullable Object> object(Value.Keyed keyed) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        keyed.values().forEach((name, each) -> object.put(name, toJson(each)));
        return object;
    }

    private static String base64(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }
}

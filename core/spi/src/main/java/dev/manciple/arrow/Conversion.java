package dev.manciple.arrow;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.TypeNames;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Turns the value a column holds into the kind its declared type has, without losing any of it: an integer becomes a double
 * only if the double is equal, a double an integer only if it is whole. The exceptions are those of the declared type itself:
 * FLOAT rounds to 24 bits, times to microseconds, a decimal read as a double to the nearest one.
 */
final class Conversion {
    /** ISO 8601 and what SQL prints: a space for the T, the zone and the time itself optional. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("[ ]['T']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendPattern("[ ]")
            .appendPattern("[XXX][XX][X]")
            .optionalStart()
            .appendLiteral('[')
            .appendZoneRegionId()
            .appendLiteral(']')
            .toFormatter();

    private static final int MAX_SCALE = 1_000;

    /** What Feast's formats have for a time, and what Python can read; milliseconds taken for seconds are beyond it. */
    private static final long FIRST_SECOND =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();

    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private final ValueType type;
    private final String place;

    /** @param place what the values are of, as errors say it, such as {@code Column 'a'} */
    Conversion(ValueType type, String place) {
        this.type = type;
        this.place = place;
    }

    Value apply(Value value) {
        if (value == Value.Null.NULL || value == Value.Missing.MISSING) {
            return Value.Null.NULL;
        }
        try {
            return convert(value, type);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new InvalidRequestException(
                    "%s: %s cannot be read as %s: %s".formatted(place, show(value), TypeNames.of(type), e.getMessage()),
                    e);
        }
    }

    /** The value as an error shows it: short. */
    static String show(Value value) {
        String text = value instanceof Value.Corrupt(String reason) ? "unreadable: " + reason : plainText(value);
        return "'" + (text.length() <= 60 ? text : text.substring(0, 60) + "…") + "'";
    }

    private static Value convert(Value value, ValueType type) {
        if (value == Value.Null.NULL || value == Value.Missing.MISSING) {
            return Value.Null.NULL;
        }
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(value, scalar);
            case ValueType.ListOf list -> new Value.Many(elements(value, list.element()));
            case ValueType.SetOf set ->
                new Value.Many(List.copyOf(new LinkedHashSet<>(elements(value, set.element()))));
            case ValueType.StringMap map -> new Value.Keyed(keyed(value));
            case ValueType.ScalarMap map -> entries(value);
            case ValueType.StructOf struct -> struct(value, struct.fields());
        };
    }

    private static Value scalar(Value value, ValueType.Scalar type) {
        return switch (type) {
            case STRING, TIME_UUID, UUID -> new Value.Text(type == ValueType.Scalar.STRING ? text(value) : uuid(value));
            case BYTES, IMAGE_BYTES, PDF_BYTES -> new Value.Bytes(bytes(value));
            case INT32 -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> new Value.Real(single(real(value)));
            case DOUBLE -> new Value.Real(real(value));
            case BOOL -> new Value.Bool(bool(value));
            case UNIX_TIMESTAMP -> new Value.Time(time(value));
            case ZONED_TIMESTAMP -> zoned(value);
            case DECIMAL -> new Value.Text(decimal(value).toString());
            case JSON -> json(value);
        };
    }

    private static Value integer(Value value, long least, long greatest) {
        // Programs without nullable integers write NaN where one is missing.
        if (value instanceof Value.Real(double real) && Double.isNaN(real)) {
            return Value.Null.NULL;
        }
        return new Value.Int(within(whole(value), least, greatest));
    }

    static long within(long number, long least, long greatest) {
        if (number < least || number > greatest) {
            throw new ArithmeticException("outside %d to %d".formatted(least, greatest));
        }
        return number;
    }

    static long whole(Value value) {
        if (value instanceof Value.Int(long number)) {
            return number;
        }
        if (value instanceof Value.Bool(boolean bool)) {
            return bool ? 1 : 0;
        }
        BigDecimal number = decimal(value);
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            boolean fraction = number.stripTrailingZeros().scale() > 0;
            throw new ArithmeticException(
                    fraction ? "it is no whole number" : "outside %d to %d".formatted(Long.MIN_VALUE, Long.MAX_VALUE));
        }
    }

    static double real(Value value) {
        if (value instanceof Value.Real(double real)) {
            return real;
        }
        if (value instanceof Value.Int(long number)) {
            double real = number;
            // The cast back saturates, so the greatest long would wrongly look exact.
            if ((long) real != number || number == Long.MAX_VALUE) {
                throw new ArithmeticException("no double is equal to it");
            }
            return real;
        }
        if (value instanceof Value.Text(String text)) {
            return real(text.strip());
        }
        throw mismatch(value);
    }

    /** Unlike {@code Double.parseDouble} without a suffix, so that {@code 1d} is no number, and never infinite by overflow. */
    private static double real(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                double real = number(text).doubleValue();
                if (Double.isInfinite(real)) {
                    throw new ArithmeticException("too large");
                }
                yield real;
            }
        };
    }

    static float single(double real) {
        float single = (float) real;
        if (Float.isInfinite(single) && Double.isFinite(real)) {
            throw new ArithmeticException("too large");
        }
        return single;
    }

    static boolean bool(Value value) {
        if (value instanceof Value.Bool(boolean bool)) {
            return bool;
        }
        if (value instanceof Value.Int(long number) && (number == 0 || number == 1)) {
            return number == 1;
        }
        if (value instanceof Value.Text(String text)
                && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))) {
            return Boolean.parseBoolean(text);
        }
        throw mismatch(value);
    }

    static BigDecimal decimal(Value value) {
        if (value instanceof Value.Int(long number)) {
            return BigDecimal.valueOf(number);
        }
        if (value instanceof Value.Real(double real)) {
            return BigDecimal.valueOf(real);
        }
        if (value instanceof Value.Text(String text)) {
            return number(text.strip());
        }
        throw mismatch(value);
    }

    private static BigDecimal number(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            // A few characters such as 1e999999999 would take gigabytes to write out.
            if (Math.abs((long) number.scale()) > MAX_SCALE) {
                throw new ArithmeticException("its exponent is too large");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
        }
    }

    static String text(Value value) {
        return value instanceof Value.Bytes bytes ? utf8(bytes.value()) : plainText(value);
    }

    private static String utf8(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    /** Text as it is, a time in ISO 8601, anything else as JSON prints it. */
    static String plainText(Value value) {
        if (value instanceof Value.Text(String text)) {
            return text;
        }
        if (value instanceof Value.Time(Instant time)) {
            return time.toString();
        }
        if (value instanceof Value.ZonedTime(Instant time, ZoneId zone)) {
            return time.atZone(zone).toString();
        }
        return JsonValues.plain(value);
    }

    private static String uuid(Value value) {
        if (value instanceof Value.Bytes bytes && bytes.value().remaining() == 16) {
            ByteBuffer halves = bytes.value();
            return new UUID(halves.getLong(), halves.getLong()).toString();
        }
        return text(value);
    }

    static ByteBuffer bytes(Value value) {
        if (value instanceof Value.Bytes bytes) {
            return bytes.value();
        }
        if (value instanceof Value.Text(String text)) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }
        throw mismatch(value);
    }

    static Instant time(Value value) {
        if (value instanceof Value.Time(Instant time)) {
            return time;
        }
        if (value instanceof Value.ZonedTime(Instant time, ZoneId zone)) {
            return time;
        }
        if (value instanceof Value.Int(long seconds)) {
            if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
                throw new ArithmeticException("a number is a time in seconds, of the years 1 to 9999");
            }
            return Instant.ofEpochSecond(seconds);
        }
        if (value instanceof Value.Text(String text)) {
            return parseTime(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        }
        throw mismatch(value);
    }

    private static Value zoned(Value value) {
        if (value instanceof Value.ZonedTime) {
            return value;
        }
        if (value instanceof Value.Text(String text)) {
            ZonedDateTime time = parseTime(text).truncatedTo(ChronoUnit.MICROS);
            return new Value.ZonedTime(time.toInstant(), time.getZone());
        }
        if (value instanceof Value.Keyed(Map<String, Value> parts)
                && parts.get(ArrowTypes.ZONED_ZONE) instanceof Value.Text(String zone)
                && parts.get(ArrowTypes.ZONED_TIME) instanceof Value.Time(Instant time)) {
            return new Value.ZonedTime(time, ZoneId.of(zone));
        }
        return new Value.ZonedTime(time(value), ZoneOffset.UTC);
    }

    /** A time without a zone is UTC, a date is its midnight. */
    private static ZonedDateTime parseTime(String text) {
        TemporalAccessor parsed;
        try {
            parsed = TIME.parseBest(text.strip(), ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("write a time as 2025-01-31T12:00:00Z", e);
        }
        if (parsed instanceof ZonedDateTime zoned) {
            return zoned;
        }
        return parsed instanceof LocalDateTime local
                ? local.atZone(ZoneOffset.UTC)
                : LocalDate.from(parsed).atStartOfDay(ZoneOffset.UTC);
    }

    /** JSON keeps the text it came as; other kinds are written as JSON. */
    private static Value json(Value value) {
        if (value instanceof Value.Text(String text)) {
            JsonValues.readPlain(text);
            return value;
        }
        return new Value.Text(JsonValues.plain(value));
    }

    private static List<Value> elements(Value value, ValueType element) {
        return many(value).stream().map(each -> convert(each, element)).toList();
    }

    static List<Value> many(Value value) {
        if (fromText(value) instanceof Value.Many(List<Value> values)) {
            return values;
        }
        throw mismatch(value);
    }

    static Map<String, Value> keyed(Value value) {
        if (fromText(value) instanceof Value.Keyed(Map<String, Value> values)) {
            return values;
        }
        throw mismatch(value);
    }

    private static Value entries(Value value) {
        if (value instanceof Value.Entries) {
            return value;
        }
        if (value instanceof Value.Text(String text)) {
            return JsonValues.readPairs(text);
        }
        Map<Value, Value> entries = new LinkedHashMap<>();
        keyed(value).forEach((key, each) -> entries.put(new Value.Text(key), each));
        return new Value.Entries(entries);
    }

    /** The declared parts; one the value lacks is null, one that is not declared is left out as a column would be. */
    private static Value struct(Value value, List<Field> fields) {
        Map<String, Value> values = keyed(value);
        Map<String, Value> parts = new LinkedHashMap<>();
        for (Field field : fields) {
            parts.put(field.name(), convert(values.getOrDefault(field.name(), Value.Null.NULL), field.type()));
        }
        return new Value.Keyed(parts);
    }

    /** What a text column holds where a list or map is declared: JSON. */
    private static Value fromText(Value value) {
        return value instanceof Value.Text(String text) ? JsonValues.readPlain(text) : value;
    }

    private static IllegalArgumentException mismatch(Value value) {
        return new IllegalArgumentException("it is " + kind(value));
    }

    private static String kind(Value value) {
        return switch (value) {
            case Value.Null none -> "null";
            case Value.Missing none -> "missing";
            case Value.Int number -> "a whole number";
            case Value.Real number -> "a number";
            case Value.Bool bool -> "true or false";
            case Value.Text text -> "text";
            case Value.Bytes bytes -> "bytes";
            case Value.Time time -> "a time";
            case Value.ZonedTime time -> "a time with a zone";
            case Value.Many many -> "a list";
            case Value.Keyed keyed -> "a map";
            case Value.Entries entries -> "a map";
            case Value.Corrupt corrupt -> "no value that can be read";
        };
    }
}

package dev.manciple.retrieve;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plain Java objects as values, and the type a column of values has. */
final class JavaValues {
    private JavaValues() {}

    /**
     * The value an object stands for. Times without a zone are UTC, dates are midnight UTC, decimals keep their digits as text.
     *
     * @throws InvalidRequestException for classes no feature type matches
     */
    static Value of(@Nullable Object object) {
        return switch (object) {
            case null -> Value.Null.NULL;
            case Value value -> value;
            case Long number -> new Value.Int(number);
            case Integer number -> new Value.Int(number);
            case Short number -> new Value.Int(number);
            case Byte number -> new Value.Int(number);
            case BigInteger number when number.bitLength() < Long.SIZE -> new Value.Int(number.longValue());
            // As decimals, for whoever knows the type to say that it does not fit.
            case BigInteger number -> new Value.Text(number.toString());
            case Double number -> new Value.Real(number);
            case Float number -> new Value.Real(number);
            case BigDecimal number -> new Value.Text(number.toString());
            case Boolean bool -> new Value.Bool(bool);
            case CharSequence text -> new Value.Text(text.toString());
            case Enum<?> constant -> new Value.Text(constant.name());
            case UUID uuid -> new Value.Text(uuid.toString());
            case byte[] bytes -> new Value.Bytes(ByteBuffer.wrap(bytes.clone()));
            case ByteBuffer bytes -> new Value.Bytes(bytes);
            case Instant time -> new Value.Time(time);
            case Date time -> new Value.Time(time.toInstant());
            case OffsetDateTime time -> new Value.Time(time.toInstant());
            case ZonedDateTime time -> new Value.Time(time.toInstant());
            case LocalDateTime time -> new Value.Time(time.toInstant(ZoneOffset.UTC));
            case LocalDate date ->
                new Value.Time(date.atStartOfDay(ZoneOffset.UTC).toInstant());
            case Collection<?> elements ->
                new Value.Many(elements.stream().map(JavaValues::of).toList());
            case Map<?, ?> parts -> keyed(parts);
            default ->
                throw new InvalidRequestException("Values of %s have no feature type: %s"
                        .formatted(object.getClass().getName(), object));
        };
    }

    private static Value keyed(Map<?, ?> parts) {
        Map<String, Value> values = new LinkedHashMap<>();
        parts.forEach((name, value) -> values.put(String.valueOf(name), of(value)));
        return new Value.Keyed(values);
    }

    /**
     * The narrowest type that holds all values of a column; a column of nothing but nulls is text.
     *
     * @throws InvalidRequestException naming the column if it mixes kinds
     */
    static ValueType type(String column, List<Value> values) {
        Optional<ValueType> common = Optional.empty();
        for (Value value : values) {
            Optional<ValueType> type = type(column, value);
            if (common.isPresent() && type.isPresent() && !common.equals(type)) {
                common = Optional.of(wider(column, common.get(), type.get()));
            } else {
                common = common.or(() -> type);
            }
        }
        return common.orElse(ValueType.Scalar.STRING);
    }

    private static ValueType wider(String column, ValueType one, ValueType other) {
        if (isNumber(one) && isNumber(other)) {
            return ValueType.Scalar.DOUBLE;
        }
        throw new InvalidRequestException("Column '%s' of the rows mixes %s and %s".formatted(column, one, other));
    }

    private static boolean isNumber(ValueType type) {
        return type == ValueType.Scalar.INT64 || type == ValueType.Scalar.DOUBLE;
    }

    private static Optional<ValueType> type(String column, Value value) {
        return switch (value) {
            case Value.Null nothing -> Optional.empty();
            case Value.Missing nothing -> Optional.empty();
            case Value.Int number -> Optional.of(ValueType.Scalar.INT64);
            case Value.Real number -> Optional.of(ValueType.Scalar.DOUBLE);
            case Value.Bool bool -> Optional.of(ValueType.Scalar.BOOL);
            case Value.Text text -> Optional.of(ValueType.Scalar.STRING);
            case Value.Bytes bytes -> Optional.of(ValueType.Scalar.BYTES);
            case Value.Time time -> Optional.of(ValueType.Scalar.UNIX_TIMESTAMP);
            case Value.ZonedTime time -> Optional.of(ValueType.Scalar.ZONED_TIMESTAMP);
            case Value.Many many -> Optional.of(new ValueType.ListOf(type(column, many.values())));
            case Value.Keyed keyed -> Optional.of(ValueType.StringMap.STRING_MAP);
            case Value.Entries entries -> Optional.of(ValueType.ScalarMap.SCALAR_MAP);
            case Value.Corrupt corrupt ->
                throw new InvalidRequestException("Column '%s' of the rows holds a value that cannot be read: %s"
                        .formatted(column, corrupt.reason()));
        };
    }
}

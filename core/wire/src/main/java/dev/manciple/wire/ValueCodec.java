package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.io.IOException;

/**
 * The bytes Feast's online stores keep a value in: one {@code feast.types.Value}. Written and read by hand, since this is the
 * path of every value served; the bytes are those protobuf itself would write.
 *
 * <p>Null is zero bytes. Times are whole seconds, rounded down. Sets drop duplicates. A list or set with a null among its
 * elements has no form of its own in Feast, so it is written as nested values, which Feast's readers take as well; lists of
 * fractions write NaN and lists of times the smallest integer, as Feast does. What is inside maps and structs describes
 * itself: integers are 64 bits wide there and fractions doubles.
 */
public final class ValueCodec {
    private ValueCodec() {}

    /**
     * Writes a value of a declared type.
     *
     * @throws InvalidRequestException if the value is not of the type, or Feast cannot hold the type
     */
    public static byte[] encode(Value value, ValueType type) {
        return ValueWriter.write(Conversions.convert(value, type), type);
    }

    /**
     * Reads a value of a declared type. Values written under a narrower type are widened.
     *
     * @return {@link Value.Corrupt} with the reason if the bytes do not decode or hold another type
     */
    public static Value decode(byte[] bytes, ValueType type) {
        Value stored = decode(bytes);
        if (stored instanceof Value.Corrupt) {
            return stored;
        }
        try {
            return Conversions.convert(stored, type);
        } catch (InvalidRequestException e) {
            return new Value.Corrupt("the stored value is of another type: " + e.getMessage());
        }
    }

    /**
     * Reads a value by what the bytes say it is.
     *
     * @return {@link Value.Corrupt} with the reason if the bytes do not decode
     */
    public static Value decode(byte[] bytes) {
        try {
            return ValueReader.read(bytes);
        } catch (IOException | InvalidRequestException e) {
            return new Value.Corrupt(String.valueOf(e.getMessage()));
        }
    }
}

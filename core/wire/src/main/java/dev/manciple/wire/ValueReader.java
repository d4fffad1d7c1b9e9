package dev.manciple.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.ValueProto;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads values by what the bytes say they are. Of several members the last wins, as in protobuf; a member nobody knows is an
 * error rather than a null, because a newer Feast put something there.
 */
final class ValueReader {
    /** Deeper than anything but an attack; each level costs a few frames. */
    private static final int MAX_DEPTH = 100;

    private static final byte INT64_TAG =
            (byte) ((ValueProto.Value.INT64_VAL_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_VARINT);
    private static final byte DOUBLE_TAG =
            (byte) ((ValueProto.Value.DOUBLE_VAL_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_FIXED64);
    private static final byte FLOAT_TAG =
            (byte) ((ValueProto.Value.FLOAT_VAL_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_FIXED32);

    /** Bytes of seven bits each that fit a positive number; a negative one takes ten. */
    private static final int LONGEST_PLAIN_VARINT = 9;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTEGERS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ValueReader() {}

    /**
     * @throws IOException if the bytes are no protobuf
     * @throws InvalidRequestException if they are no value
     */
    static Value read(byte[] bytes) throws IOException {
        Value number = number(bytes);
        return number == null ? value(CodedInputStream.newInstance(bytes), 0) : number;
    }

    /** Most values are one number and nothing else, which takes no reader to find out; null for any other. */
    private static @Nullable Value number(byte[] bytes) {
        if (bytes.length < 2) {
            return null;
        }
        return switch (bytes[0]) {
            case INT64_TAG -> varint(bytes);
            case DOUBLE_TAG ->
                bytes.length == 1 + Double.BYTES
                        ? new Value.Real(Double.longBitsToDouble((long) LONGS.get(bytes, 1)))
                        : null;
            case FLOAT_TAG ->
                bytes.length == 1 + Float.BYTES
                        ? new Value.Real(Float.intBitsToFloat((int) INTEGERS.get(bytes, 1)))
                        : null;
            default -> null;
        };
    }

    private static @Nullable Value varint(byte[] bytes) {
        int last = bytes.length - 1;
        if (last > LONGEST_PLAIN_VARINT || bytes[last] < 0) {
            return null;
        }
        long number = 0;
        for (int i = last; i > 0; i--) {
            if (i < last && bytes[i] >= 0) {
                return null;
            }
            number = (number << 7) | (bytes[i] & 0x7F);
        }
        return new Value.Int(number);
    }

    private static Value value(CodedInputStream in, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidRequestException("the value is nested more than %d deep".formatted(MAX_DEPTH));
        }
        Value value = Value.Null.NULL;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int member = WireFormat.getTagFieldNumber(tag);
            if (member == ValueProto.Value.NULL_VAL_FIELD_NUMBER) {
                in.skipField(tag);
                value = Value.Null.NULL;
                continue;
            }
            Optional<ValueType> type = TypeNumbers.type(member);
            if (type.isEmpty()) {
                throw new InvalidRequestException(
                        "the stored value has the member %d, which Feast 0.66 does not have".formatted(member));
            }
            value = switch (type.get()) {
                case Scalar scalar -> scalar(in, tag, scalar);
                case ValueType.ListOf list -> nested(in, tag, () -> elements(in, list.element(), depth));
                case ValueType.SetOf set -> nested(in, tag, () -> elements(in, set.element(), depth));
                case ValueType.StringMap map -> nested(in, tag, () -> map(in, depth));
                case ValueType.StructOf struct -> nested(in, tag, () -> map(in, depth));
                case ValueType.ScalarMap map -> nested(in, tag, () -> scalarMap(in, depth));
            };
        }
        return value;
    }

    private static Value scalar(CodedInputStream in, int tag, Scalar type) throws IOException {
        require(tag, ScalarWire.of(type));
        return scalar(in, type);
    }

    private static Value scalar(CodedInputStream in, Scalar type) throws IOException {
        return switch (type) {
            case INT32 -> new Value.Int(in.readInt32());
            case INT64 -> new Value.Int(in.readInt64());
            case UNIX_TIMESTAMP -> Conversions.time(in.readInt64());
            case DOUBLE -> new Value.Real(in.readDouble());
            case FLOAT -> new Value.Real(in.readFloat());
            case BOOL -> new Value.Bool(in.readBool());
            case STRING, DECIMAL, JSON, UUID, TIME_UUID -> new Value.Text(in.readStringRequireUtf8());
            case BYTES, IMAGE_BYTES, PDF_BYTES -> new Value.Bytes(ByteBuffer.wrap(in.readByteArray()));
            case ZONED_TIMESTAMP -> message(in, () -> zonedTime(in));
        };
    }

    private static Value elements(CodedInputStream in, ValueType type, int depth) throws IOException {
        List<Value> values = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            requireField(tag, ValueWriter.ELEMENTS);
            switch (type) {
                case Scalar scalar -> addScalars(in, tag, scalar, values);
                case ValueType.ListOf list -> values.add(nested(in, tag, () -> value(in, depth + 1)));
                case ValueType.SetOf set -> values.add(nested(in, tag, () -> value(in, depth + 1)));
                case ValueType.StringMap map -> values.add(nested(in, tag, () -> map(in, depth)));
                case ValueType.StructOf struct -> values.add(nested(in, tag, () -> map(in, depth)));
                case ValueType.ScalarMap map -> values.add(nested(in, tag, () -> scalarMap(in, depth)));
            }
        }
        return new Value.Many(values);
    }

    /** Numbers come packed, though protobuf asks readers to take them one by one too. */
    private static void addScalars(CodedInputStream in, int tag, Scalar type, List<Value> values) throws IOException {
        boolean packable = ScalarWire.of(type) != WireFormat.WIRETYPE_LENGTH_DELIMITED;
        if (packable && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            message(in, () -> {
                while (!in.isAtEnd()) {
                    values.add(scalar(in, type));
                }
                return Value.Null.NULL;
            });
        } else {
            values.add(scalar(in, tag, type));
        }
    }

    private static Value map(CodedInputStream in, int depth) throws IOException {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            requireField(tag, ValueWriter.ELEMENTS);
            nested(in, tag, () -> {
                String key = "";
                Value value = Value.Null.NULL;
                for (int part = in.readTag(); part != 0; part = in.readTag()) {
                    if (WireFormat.getTagFieldNumber(part) == ValueWriter.ENTRY_KEY) {
                        require(part, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                        key = in.readStringRequireUtf8();
                    } else {
                        requireField(part, ValueWriter.ENTRY_VALUE);
                        value = nested(in, part, () -> value(in, depth + 1));
                    }
                }
                entries.put(key, value);
                return value;
            });
        }
        return new Value.Keyed(entries);
    }

    private static Value scalarMap(CodedInputStream in, int depth) throws IOException {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            requireField(tag, ValueWriter.ELEMENTS);
            nested(in, tag, () -> {
                Value key = Value.Null.NULL;
                Value value = Value.Null.NULL;
                for (int part = in.readTag(); part != 0; part = in.readTag()) {
                    if (WireFormat.getTagFieldNumber(part) == ValueWriter.ENTRY_KEY) {
                        key = nested(in, part, () -> mapKey(in));
                    } else {
                        requireField(part, ValueWriter.ENTRY_VALUE);
                        value = nested(in, part, () -> value(in, depth + 1));
                    }
                }
                entries.put(key, value);
                return value;
            });
        }
        return new Value.Entries(entries);
    }

    private static Value mapKey(CodedInputStream in) throws IOException {
        Value key = Value.Null.NULL;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            Scalar type = switch (WireFormat.getTagFieldNumber(tag)) {
                case ValueProto.MapKey.INT32_KEY_FIELD_NUMBER -> Scalar.INT32;
                case ValueProto.MapKey.INT64_KEY_FIELD_NUMBER -> Scalar.INT64;
                case ValueProto.MapKey.FLOAT_KEY_FIELD_NUMBER -> Scalar.FLOAT;
                case ValueProto.MapKey.DOUBLE_KEY_FIELD_NUMBER -> Scalar.DOUBLE;
                case ValueProto.MapKey.BOOL_KEY_FIELD_NUMBER -> Scalar.BOOL;
                case ValueProto.MapKey.UNIX_TIMESTAMP_KEY_FIELD_NUMBER -> Scalar.UNIX_TIMESTAMP;
                case ValueProto.MapKey.BYTES_KEY_FIELD_NUMBER -> Scalar.BYTES;
                case ValueProto.MapKey.UUID_KEY_FIELD_NUMBER -> Scalar.UUID;
                case ValueProto.MapKey.TIME_UUID_KEY_FIELD_NUMBER -> Scalar.TIME_UUID;
                case ValueProto.MapKey.DECIMAL_KEY_FIELD_NUMBER -> Scalar.DECIMAL;
                default ->
                    throw new InvalidRequestException("a key of a map of scalars has the unknown member %d"
                            .formatted(WireFormat.getTagFieldNumber(tag)));
            };
            key = scalar(in, tag, type);
        }
        return key;
    }

    private static Value zonedTime(CodedInputStream in) throws IOException {
        long seconds = 0;
        String zone = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == ValueProto.ZonedTimestamp.UNIX_TIMESTAMP_FIELD_NUMBER) {
                require(tag, WireFormat.WIRETYPE_VARINT);
                seconds = in.readInt64();
            } else {
                requireField(tag, ValueProto.ZonedTimestamp.ZONE_FIELD_NUMBER);
                require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                zone = in.readStringRequireUtf8();
            }
        }
        return Conversions.time(seconds) instanceof Value.Time time
                ? new Value.ZonedTime(time.value(), zone(zone))
                : Value.Null.NULL;
    }

    /** Feast reads a zone it does not know as UTC; the instant is right in any case. */
    private static ZoneId zone(String text) {
        try {
            return text.isEmpty() || text.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(text);
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    private interface Part {
        Value read() throws IOException;
    }

    private static Value nested(CodedInputStream in, int tag, Part part) throws IOException {
        require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return message(in, part);
    }

    private static Value message(CodedInputStream in, Part part) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        Value value = part.read();
        in.popLimit(outer);
        return value;
    }

    private static void requireField(int tag, int field) {
        if (WireFormat.getTagFieldNumber(tag) != field) {
            throw new InvalidRequestException("field %d is not expected".formatted(WireFormat.getTagFieldNumber(tag)));
        }
    }

    private static void require(int tag, int wireType) {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw new InvalidRequestException("field %d has wire type %d instead of %d"
                    .formatted(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag), wireType));
        }
    }
}

package dev.manciple.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.ValueProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes values that already have the shape of their type. Sizes come first, so that every array is made once. */
final class ValueWriter {
    /** The one field of Feast's list, set and map messages. */
    static final int ELEMENTS = 1;

    static final int ENTRY_KEY = 1;
    static final int ENTRY_VALUE = 2;

    private static final byte[] NULL = {};
    private static final Pattern UUID_TEXT =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    private static final Pattern DECIMAL_TEXT = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

    private ValueWriter() {}

    static byte[] write(Value value, ValueType type) {
        if (value == Value.Null.NULL) {
            return NULL;
        }
        int member = TypeNumbers.member(type);
        return switch (type) {
            case Scalar scalar -> scalar(member, value, scalar);
            case ValueType.ListOf list -> elements(member, ((Value.Many) value).values(), list.element(), type);
            case ValueType.SetOf set -> elements(member, ((Value.Many) value).values(), set.element(), type);
            case ValueType.StringMap map -> message(member, map((Value.Keyed) value));
            case ValueType.StructOf struct -> message(member, map((Value.Keyed) value));
            case ValueType.ScalarMap map -> message(member, scalarMap((Value.Entries) value));
        };
    }

    /** Writes a value whose type nobody declared, under the type Feast would infer for it. */
    private static byte[] describe(Value value) {
        return switch (value) {
            case Value.Null absent -> NULL;
            case Value.Many many -> describe(many);
            case Value.Entries entries -> write(entries, ValueType.ScalarMap.SCALAR_MAP);
            case Value.ZonedTime time -> write(time, Scalar.ZONED_TIMESTAMP);
            case Value.Missing missing -> throw new InternalException("A feature that is missing has no stored form");
            case Value.Corrupt corrupt ->
                throw new InvalidRequestException(
                        "A value that could not be read cannot be written: " + corrupt.reason());
            case Value.Int integer -> write(integer, Scalar.INT64);
            case Value.Real real -> write(real, Scalar.DOUBLE);
            case Value.Bool bool -> write(bool, Scalar.BOOL);
            case Value.Text text -> write(text, Scalar.STRING);
            case Value.Bytes bytes -> write(bytes, Scalar.BYTES);
            case Value.Time time -> write(time, Scalar.UNIX_TIMESTAMP);
            case Value.Keyed keyed -> write(keyed, ValueType.StringMap.STRING_MAP);
        };
    }

    private static byte[] describe(Value.Many many) {
        Optional<ValueType> element = commonType(many.values());
        if (element.isPresent()) {
            return write(many, new ValueType.ListOf(element.get()));
        }
        return message(
                ValueProto.Value.LIST_VAL_FIELD_NUMBER,
                repeated(many.values().stream().map(ValueWriter::describe).toList()));
    }

    /** The type of all values if they are of one type that Feast has lists of. */
    private static Optional<ValueType> commonType(List<Value> values) {
        List<Optional<ValueType>> types =
                values.stream().map(ValueWriter::elementType).distinct().toList();
        return types.size() == 1 ? types.getFirst() : Optional.empty();
    }

    private static Optional<ValueType> elementType(Value value) {
        return switch (value) {
            case Value.Int integer -> Optional.of(Scalar.INT64);
            case Value.Real real -> Optional.of(Scalar.DOUBLE);
            case Value.Bool bool -> Optional.of(Scalar.BOOL);
            case Value.Text text -> Optional.of(Scalar.STRING);
            case Value.Bytes bytes -> Optional.of(Scalar.BYTES);
            case Value.Time time -> Optional.of(Scalar.UNIX_TIMESTAMP);
            case Value.Keyed keyed -> Optional.of(ValueType.StringMap.STRING_MAP);
            case Value.Null n -> Optional.empty();
            case Value.Many m -> Optional.empty();
            case Value.Entries e -> Optional.empty();
            case Value.ZonedTime z -> Optional.empty();
            case Value.Missing m -> Optional.empty();
            case Value.Corrupt c -> Optional.empty();
        };
    }

    private static byte[] elements(int member, List<Value> values, ValueType element, ValueType type) {
        if (!hasNullForm(element) && values.contains(Value.Null.NULL)) {
            return nested(values, element, type);
        }
        return switch (element) {
            case Scalar scalar -> message(member, scalars(values, scalar));
            case ValueType.ListOf list -> nested(values, element, type);
            case ValueType.SetOf set -> nested(values, element, type);
            case ValueType.StringMap map -> message(member, maps(values));
            case ValueType.StructOf struct -> message(member, maps(values));
            case ValueType.ScalarMap map -> throw new InternalException("Feast has no " + type);
        };
    }

    private static boolean hasNullForm(ValueType element) {
        return element == Scalar.FLOAT || element == Scalar.DOUBLE || element == Scalar.UNIX_TIMESTAMP;
    }

    private static byte[] nested(List<Value> values, ValueType element, ValueType type) {
        int member = type instanceof ValueType.SetOf
                ? ValueProto.Value.SET_VAL_FIELD_NUMBER
                : ValueProto.Value.LIST_VAL_FIELD_NUMBER;
        return message(
                member,
                repeated(values.stream().map(value -> write(value, element)).toList()));
    }

    private static byte[] maps(List<Value> values) {
        return repeated(values.stream().map(value -> map((Value.Keyed) value)).toList());
    }

    private static byte[] map(Value.Keyed keyed) {
        List<byte[]> entries = new ArrayList<>(keyed.values().size());
        for (Map.Entry<String, Value> entry : keyed.values().entrySet()) {
            byte[] value = describe(entry.getValue());
            int size = CodedOutputStream.computeStringSize(ENTRY_KEY, entry.getKey())
                    + CodedOutputStream.computeByteArraySize(ENTRY_VALUE, value);
            entries.add(fill(size, out -> {
                out.writeString(ENTRY_KEY, entry.getKey());
                out.writeByteArray(ENTRY_VALUE, value);
            }));
        }
        return repeated(entries);
    }

    private static byte[] scalarMap(Value.Entries map) {
        List<byte[]> entries = new ArrayList<>(map.values().size());
        for (Map.Entry<Value, Value> entry : map.values().entrySet()) {
            byte[] key = mapKey(entry.getKey());
            byte[] value = describe(entry.getValue());
            int size = CodedOutputStream.computeByteArraySize(ENTRY_KEY, key)
                    + CodedOutputStream.computeByteArraySize(ENTRY_VALUE, value);
            entries.add(fill(size, out -> {
                out.writeByteArray(ENTRY_KEY, key);
                out.writeByteArray(ENTRY_VALUE, value);
            }));
        }
        return repeated(entries);
    }

    private static byte[] mapKey(Value key) {
        return switch (key) {
            case Value.Int integer -> scalar(ValueProto.MapKey.INT64_KEY_FIELD_NUMBER, key, Scalar.INT64);
            case Value.Real real -> scalar(ValueProto.MapKey.DOUBLE_KEY_FIELD_NUMBER, key, Scalar.DOUBLE);
            case Value.Bool bool -> scalar(ValueProto.MapKey.BOOL_KEY_FIELD_NUMBER, key, Scalar.BOOL);
            case Value.Time time ->
                scalar(ValueProto.MapKey.UNIX_TIMESTAMP_KEY_FIELD_NUMBER, key, Scalar.UNIX_TIMESTAMP);
            case Value.Bytes bytes -> scalar(ValueProto.MapKey.BYTES_KEY_FIELD_NUMBER, key, Scalar.BYTES);
            case Value.Text text -> textKey(text);
            case Value.ZonedTime z -> throw noKey(key);
            case Value.Many m -> throw noKey(key);
            case Value.Keyed k -> throw noKey(key);
            case Value.Entries e -> throw noKey(key);
            case Value.Null n -> throw noKey(key);
            case Value.Missing m -> throw noKey(key);
            case Value.Corrupt c -> throw noKey(key);
        };
    }

    /** Scalar maps have UUIDs and decimals for keys, but no other text: that is what plain maps are for. */
    private static byte[] textKey(Value.Text text) {
        if (UUID_TEXT.matcher(text.value()).matches()) {
            return scalar(ValueProto.MapKey.UUID_KEY_FIELD_NUMBER, text, Scalar.UUID);
        }
        if (DECIMAL_TEXT.matcher(text.value()).matches()) {
            return scalar(ValueProto.MapKey.DECIMAL_KEY_FIELD_NUMBER, text, Scalar.DECIMAL);
        }
        throw noKey(text);
    }

    private static InvalidRequestException noKey(Value key) {
        return new InvalidRequestException("%s cannot be a key of a map of scalars".formatted(key));
    }

    private static byte[] zonedTime(Value.ZonedTime time) {
        long seconds = time.value().getEpochSecond();
        String zone = zoneText(time.zone());
        int size = (seconds == 0
                        ? 0
                        : CodedOutputStream.computeInt64Size(
                                ValueProto.ZonedTimestamp.UNIX_TIMESTAMP_FIELD_NUMBER, seconds))
                + CodedOutputStream.computeStringSize(ValueProto.ZonedTimestamp.ZONE_FIELD_NUMBER, zone);
        return fill(size, out -> {
            if (seconds != 0) {
                out.writeInt64(ValueProto.ZonedTimestamp.UNIX_TIMESTAMP_FIELD_NUMBER, seconds);
            }
            out.writeString(ValueProto.ZonedTimestamp.ZONE_FIELD_NUMBER, zone);
        });
    }

    /** Zones by their IANA name, offsets as Python spells them: {@code UTC+02:00}. */
    private static String zoneText(ZoneId zone) {
        if (zone.equals(ZoneOffset.UTC)) {
            return "UTC";
        }
        return zone instanceof ZoneOffset ? "UTC" + zone.getId() : zone.getId();
    }

    private static byte[] scalar(int field, Value value, Scalar type) {
        if (type == Scalar.ZONED_TIMESTAMP) {
            return message(field, zonedTime((Value.ZonedTime) value));
        }
        return fill(CodedOutputStream.computeTagSize(field) + size(value, type), out -> {
            out.writeTag(field, ScalarWire.of(type));
            put(out, value, type);
        });
    }

    private static byte[] scalars(List<Value> values, Scalar type) {
        int payload = 0;
        for (Value value : values) {
            payload += size(value, type);
        }
        int wireType = ScalarWire.of(type);
        if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int tags = values.size() * CodedOutputStream.computeTagSize(ELEMENTS);
            return fill(payload + tags, out -> {
                for (Value value : values) {
                    out.writeTag(ELEMENTS, wireType);
                    put(out, value, type);
                }
            });
        }
        if (values.isEmpty()) {
            return NULL;
        }
        int packed = payload;
        int head = CodedOutputStream.computeTagSize(ELEMENTS) + CodedOutputStream.computeUInt32SizeNoTag(packed);
        return fill(head + packed, out -> {
            out.writeTag(ELEMENTS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(packed);
            for (Value value : values) {
                put(out, value, type);
            }
        });
    }

    private static int size(Value value, Scalar type) {
        return switch (type) {
            case INT32, INT64 -> CodedOutputStream.computeInt64SizeNoTag(((Value.Int) value).value());
            case UNIX_TIMESTAMP -> CodedOutputStream.computeInt64SizeNoTag(seconds(value));
            case DOUBLE -> Double.BYTES;
            case FLOAT -> Float.BYTES;
            case BOOL -> 1;
            case STRING, DECIMAL, JSON, UUID, TIME_UUID ->
                CodedOutputStream.computeStringSizeNoTag(((Value.Text) value).value());
            case BYTES, IMAGE_BYTES, PDF_BYTES -> {
                int length = ((Value.Bytes) value).value().remaining();
                yield CodedOutputStream.computeUInt32SizeNoTag(length) + length;
            }
            case ZONED_TIMESTAMP -> throw new InternalException("Zoned times are messages");
        };
    }

    private static void put(CodedOutputStream out, Value value, Scalar type) throws IOException {
        switch (type) {
            case INT32, INT64 -> out.writeInt64NoTag(((Value.Int) value).value());
            case UNIX_TIMESTAMP -> out.writeInt64NoTag(seconds(value));
            case DOUBLE -> out.writeDoubleNoTag(real(value));
            case FLOAT -> out.writeFloatNoTag((float) real(value));
            case BOOL -> out.writeBoolNoTag(((Value.Bool) value).value());
            case STRING, DECIMAL, JSON, UUID, TIME_UUID -> out.writeStringNoTag(((Value.Text) value).value());
            case BYTES, IMAGE_BYTES, PDF_BYTES -> {
                ByteBuffer bytes = ((Value.Bytes) value).value();
                out.writeUInt32NoTag(bytes.remaining());
                out.writeRawBytes(bytes);
            }
            case ZONED_TIMESTAMP -> throw new InternalException("Zoned times are messages");
        }
    }

    private static long seconds(Value value) {
        return value instanceof Value.Time time ? time.value().getEpochSecond() : Long.MIN_VALUE;
    }

    private static double real(Value value) {
        return value instanceof Value.Real real ? real.value() : Double.NaN;
    }

    private static byte[] message(int field, byte[] body) {
        return fill(CodedOutputStream.computeByteArraySize(field, body), out -> out.writeByteArray(field, body));
    }

    private static byte[] repeated(List<byte[]> messages) {
        int size = 0;
        for (byte[] message : messages) {
            size += CodedOutputStream.computeByteArraySize(ELEMENTS, message);
        }
        return fill(size, out -> {
            for (byte[] message : messages) {
                out.writeByteArray(ELEMENTS, message);
            }
        });
    }

    private interface Body {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] fill(int size, Body body) {
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            body.writeTo(out);
        } catch (IOException e) {
            throw new InternalException("A value was measured wrongly", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }
}

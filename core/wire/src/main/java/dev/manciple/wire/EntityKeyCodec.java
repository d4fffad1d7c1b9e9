package dev.manciple.wire;

import com.google.common.hash.Hashing;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The bytes Feast's online stores know an entity by: a block of join-key names, then a block of typed values, both in the
 * order of the names' UTF-8 bytes, every number little-endian. One codec serves one view: what depends on the columns only
 * is prepared once. Immutable and thread-safe.
 *
 * <p>Feast encodes bytes, text, 32- and 64-bit integers and timestamps of whole seconds. Decimals, JSON and UUIDs are
 * encoded as their text, as Feast's own users must declare them; other types cannot be keys online.
 */
public final class EntityKeyCodec {
    /** The version Feast writes unless a configuration says otherwise, and the only one that can be read back. */
    public static final int CURRENT_VERSION = 3;

    /** The join key Feast gives to views of global values; its value is the empty text. */
    static final Field DUMMY = Field.of("__dummy_id", ValueType.Scalar.STRING);

    private static final int TYPE_BYTES = 1;
    private static final int TYPE_STRING = 2;
    private static final int TYPE_INT32 = 3;
    private static final int TYPE_INT64 = 4;
    private static final int TYPE_UNIX_TIMESTAMP = 8;

    private final List<String> joinKeys;
    private final int version;
    private final byte[] names;
    /** In sorted order: the type code, and the position in {@link #joinKeys}. */
    private final int[] types;

    private final int[] positions;

    private EntityKeyCodec(List<Field> columns, int version) {
        this.joinKeys = columns.stream().map(Field::name).toList();
        this.version = version;
        List<Field> stored = columns.isEmpty() ? List.of(DUMMY) : columns;
        this.positions = sortedPositions(stored.stream().map(Field::name).toList());
        this.types = Arrays.stream(positions)
                .map(position -> typeCode(stored.get(position)))
                .toArray();
        this.names = prefix(stored.stream().map(Field::name).toList(), version);
    }

    /**
     * A codec of the current version.
     *
     * @param columns {@code FeatureView.entityColumns}; empty for a view of global values
     * @throws InvalidRequestException if a column's type cannot be a key online, or two have one name
     */
    public static EntityKeyCodec of(List<Field> columns) {
        return of(columns, CURRENT_VERSION);
    }

    /**
     * A codec of an older version, for stores Feast filled under {@code entity_key_serialization_version} below 3.
     *
     * @param version below 2 stores 64-bit integers in 32 bits; above 3 means 3, as in Feast
     * @throws InvalidRequestException if a column's type cannot be a key online, or two have one name
     */
    public static EntityKeyCodec of(List<Field> columns, int version) {
        return new EntityKeyCodec(columns, version);
    }

    /**
     * Refuses, when views are applied, keys that could be neither written nor read.
     *
     * @throws InvalidRequestException naming the view and the join key
     */
    public static void requireStorable(List<FeatureView> views) {
        for (FeatureView view : views) {
            try {
                of(view.entityColumns());
            } catch (InvalidRequestException e) {
                throw new InvalidRequestException("View '%s': %s".formatted(view.name(), e.getMessage()), e);
            }
        }
    }

    /**
     * The stored form of a key.
     *
     * @throws InvalidRequestException if the key is not of this codec's columns, has a null, or a value of another type
     */
    public byte[] encode(EntityKey key) {
        if (!key.joinKeys().equals(joinKeys)) {
            throw new InvalidRequestException(
                    "The key has the join keys %s, the view has %s".formatted(key.joinKeys(), joinKeys));
        }
        List<Value> values = key.values();
        int size = names.length;
        for (int i = 0; i < types.length; i++) {
            size += 2 * Integer.BYTES + length(i, values);
        }
        ByteBuffer out =
                ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(names);
        for (int i = 0; i < types.length; i++) {
            out.putInt(types[i]);
            put(i, values, out);
        }
        return out.array();
    }

    /**
     * Reads a key of the current version back, its values in the order of this codec's columns.
     *
     * @throws InvalidRequestException if the bytes are not a key of these columns
     */
    public EntityKey decode(byte[] bytes) {
        if (version < CURRENT_VERSION) {
            throw new InvalidRequestException(
                    "Entity keys of serialization version %d cannot be read back; only version %d can"
                            .formatted(version, CURRENT_VERSION));
        }
        if (bytes.length < names.length || Arrays.mismatch(bytes, 0, names.length, names, 0, names.length) >= 0) {
            throw invalid(bytes, "its join keys are not %s".formatted(joinKeys));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(names.length);
        Value[] values = new Value[types.length];
        for (int position : positions) {
            values[position] = value(in, bytes);
        }
        if (in.hasRemaining()) {
            throw invalid(bytes, "%d bytes are left over".formatted(in.remaining()));
        }
        return joinKeys.isEmpty() ? new EntityKey(List.of(), List.of()) : new EntityKey(joinKeys, List.of(values));
    }

    /** What the keys of all entities with exactly these join keys start with, in the current version. */
    public static byte[] prefix(List<String> joinKeys) {
        return prefix(joinKeys, CURRENT_VERSION);
    }

    /** The row id of stores that keep a hash of the key: MurmurHash3 x64 128 of the stored form, in hex. */
    public static String entityId(byte[] key) {
        return HexFormat.of().formatHex(Hashing.murmur3_128().hashBytes(key).asBytes());
    }

    /** The four bytes Feast's Redis layout names a hash field by: MurmurHash3 x86 32 of the UTF-8 text. */
    public static byte[] murmur32(String text) {
        return Hashing.murmur3_32_fixed()
                .hashBytes(text.getBytes(StandardCharsets.UTF_8))
                .asBytes();
    }

    private static byte[] prefix(List<String> joinKeys, int version) {
        boolean lengths = version >= CURRENT_VERSION;
        List<byte[]> sorted = Arrays.stream(sortedPositions(joinKeys))
                .mapToObj(position -> utf8(joinKeys.get(position)))
                .toList();
        int header = lengths ? 2 * Integer.BYTES : Integer.BYTES;
        int size = sorted.stream().mapToInt(name -> header + name.length).sum() + (lengths ? Integer.BYTES : 0);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        if (lengths) {
            out.putInt(sorted.size());
        }
        for (byte[] name : sorted) {
            out.putInt(TYPE_STRING);
            if (lengths) {
                out.putInt(name.length);
            }
            out.put(name);
        }
        return out.array();
    }

    /** Feast sorts by code point, which is the order of UTF-8 bytes and not that of {@code String.compareTo}. */
    private static int[] sortedPositions(List<String> names) {
        if (names.stream().distinct().count() < names.size()) {
            throw new InvalidRequestException("The join keys %s repeat a name".formatted(names));
        }
        return IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing(position -> utf8(names.get(position)), Arrays::compareUnsigned))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int typeCode(Field column) {
        if (column.type() instanceof ValueType.Scalar scalar) {
            return switch (scalar) {
                case BYTES -> TYPE_BYTES;
                case STRING, UUID, TIME_UUID, DECIMAL, JSON -> TYPE_STRING;
                case INT32 -> TYPE_INT32;
                case INT64 -> TYPE_INT64;
                case UNIX_TIMESTAMP -> TYPE_UNIX_TIMESTAMP;
                case FLOAT, DOUBLE, BOOL, ZONED_TIMESTAMP, IMAGE_BYTES, PDF_BYTES -> throw unsupported(column);
            };
        }
        throw unsupported(column);
    }

    private static InvalidRequestException unsupported(Field column) {
        return new InvalidRequestException(
                "Join key '%s' is of type %s, which cannot be a key online: declare it as STRING, INT64, INT32, BYTES or UNIX_TIMESTAMP"
                        .formatted(column.name(), column.type()));
    }

    private int length(int index, List<Value> values) {
        return switch (types[index]) {
            case TYPE_STRING -> utf8Length(index, values);
            case TYPE_BYTES -> bytes(index, values).remaining();
            case TYPE_INT64 -> version < 2 ? Integer.BYTES : Long.BYTES;
            case TYPE_INT32 -> Integer.BYTES;
            default -> Long.BYTES;
        };
    }

    private void put(int index, List<Value> values, ByteBuffer out) {
        switch (types[index]) {
            case TYPE_STRING -> putText(text(index, values), out);
            case TYPE_BYTES -> {
                ByteBuffer bytes = bytes(index, values);
                out.putInt(bytes.remaining()).put(bytes);
            }
            case TYPE_INT32 -> out.putInt(Integer.BYTES).putInt(int32(index, values));
            case TYPE_INT64 -> {
                if (version < 2) {
                    out.putInt(Integer.BYTES).putInt(int32(index, values));
                } else {
                    out.putInt(Long.BYTES).putLong(integer(index, values));
                }
            }
            default -> out.putInt(Long.BYTES).putLong(seconds(index, values));
        }
    }

    private static void putText(String text, ByteBuffer out) {
        int start = out.position();
        out.putInt(0);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                out.position(start + Integer.BYTES).put(utf8(text));
                break;
            }
            out.put((byte) c);
        }
        out.putInt(start, out.position() - start - Integer.BYTES);
    }

    /** Counted rather than encoded, so that plain text needs no second array. */
    private int utf8Length(int index, List<Value> values) {
        String text = text(index, values);
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length += c >= 0x800 ? 2 : 1;
                if (Character.isSurrogate(c)) {
                    if (!Character.isHighSurrogate(c)
                            || i + 1 == text.length()
                            || !Character.isLowSurrogate(text.charAt(i + 1))) {
                        throw mismatch(index, "holds half a surrogate pair, which UTF-8 cannot encode");
                    }
                    i++;
                }
            }
        }
        return length;
    }

    private String text(int index, List<Value> values) {
        if (joinKeys.isEmpty()) {
            return "";
        }
        if (value(index, values) instanceof Value.Text text) {
            return text.value();
        }
        throw wrongShape(index, values);
    }

    private ByteBuffer bytes(int index, List<Value> values) {
        if (value(index, values) instanceof Value.Bytes bytes) {
            return bytes.value();
        }
        throw wrongShape(index, values);
    }

    private long integer(int index, List<Value> values) {
        if (value(index, values) instanceof Value.Int integer) {
            return integer.value();
        }
        throw wrongShape(index, values);
    }

    private int int32(int index, List<Value> values) {
        long value = integer(index, values);
        if (value != (int) value) {
            throw mismatch(index, "is %d, which does not fit into 32 bits".formatted(value));
        }
        return (int) value;
    }

    private long seconds(int index, List<Value> values) {
        if (value(index, values) instanceof Value.Time time) {
            return time.value().getEpochSecond();
        }
        throw wrongShape(index, values);
    }

    private Value value(int index, List<Value> values) {
        return values.get(positions[index]);
    }

    private InvalidRequestException wrongShape(int index, List<Value> values) {
        return mismatch(index, "is " + value(index, values));
    }

    private InvalidRequestException mismatch(int index, String what) {
        String expected = switch (types[index]) {
            case TYPE_STRING -> "text";
            case TYPE_BYTES -> "bytes";
            case TYPE_INT32 -> "a 32-bit integer";
            case TYPE_INT64 -> "an integer";
            default -> "a time";
        };
        return new InvalidRequestException(
                "Join key '%s' needs %s but %s".formatted(joinKeys.get(positions[index]), expected, what));
    }

    private static Value value(ByteBuffer in, byte[] bytes) {
        if (in.remaining() < 2 * Integer.BYTES) {
            throw invalid(bytes, "it ends before its last value");
        }
        int type = in.getInt();
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw invalid(bytes, "a value of %d bytes does not fit".formatted(Integer.toUnsignedLong(length)));
        }
        ByteBuffer value = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return switch (type) {
            case TYPE_BYTES -> new Value.Bytes(value);
            case TYPE_STRING ->
                new Value.Text(StandardCharsets.UTF_8.decode(value).toString());
            case TYPE_INT32, TYPE_INT64 -> new Value.Int(number(value, bytes));
            case TYPE_UNIX_TIMESTAMP -> time(number(value, bytes), bytes);
            default -> throw invalid(bytes, "it has a value of the unknown type %d".formatted(type));
        };
    }

    private static long number(ByteBuffer value, byte[] bytes) {
        return switch (value.remaining()) {
            case Integer.BYTES -> value.getInt();
            case Long.BYTES -> value.getLong();
            default -> throw invalid(bytes, "it has a number of %d bytes".formatted(value.remaining()));
        };
    }

    private static Value time(long seconds, byte[] bytes) {
        try {
            return new Value.Time(Instant.ofEpochSecond(seconds));
        } catch (DateTimeException e) {
            throw invalid(bytes, "its time %d is out of range".formatted(seconds));
        }
    }

    private static InvalidRequestException invalid(byte[] bytes, String reason) {
        return new InvalidRequestException("The stored entity key %s is invalid: %s"
                .formatted(HexFormat.of().formatHex(bytes), reason));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

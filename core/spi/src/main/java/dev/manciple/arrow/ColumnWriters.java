package dev.manciple.arrow;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Puts values into vectors. */
final class ColumnWriters {
    private ColumnWriters() {}

    static void set(FieldVector vector, int index, Value value, String column) {
        if (value == Value.Null.NULL || value == Value.Missing.MISSING) {
            vector.setNull(index);
            return;
        }
        try {
            put(vector, index, value, column);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidRequestException(
                    "Column '%s': %s cannot be written as %s: %s"
                            .formatted(
                                    column,
                                    Conversion.show(value),
                                    ArrowTypes.title(vector.getField().getType()),
                                    e.getMessage()),
                    e);
        }
    }

    private static void put(FieldVector vector, int index, Value value, String column) {
        switch (vector) {
            case BigIntVector v -> v.setSafe(index, whole(value, Long.MIN_VALUE, Long.MAX_VALUE));
            case IntVector v -> v.setSafe(index, (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case SmallIntVector v -> v.setSafe(index, (int) whole(value, Short.MIN_VALUE, Short.MAX_VALUE));
            case TinyIntVector v -> v.setSafe(index, (int) whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UInt1Vector v -> v.setSafe(index, (int) whole(value, 0, 0xFF));
            case UInt2Vector v -> v.setSafe(index, (int) whole(value, 0, 0xFFFF));
            case UInt4Vector v -> v.setSafe(index, (int) whole(value, 0, 0xFFFF_FFFFL));
            case UInt8Vector v -> v.setSafe(index, whole(value, 0, Long.MAX_VALUE));
            case Float8Vector v -> v.setSafe(index, Conversion.real(value));
            case Float4Vector v -> v.setSafe(index, Conversion.single(Conversion.real(value)));
            case Float2Vector v -> v.setSafeWithPossibleTruncate(index, Conversion.single(Conversion.real(value)));
            case BitVector v -> v.setSafe(index, Conversion.bool(value) ? 1 : 0);
            case VarCharVector v when ArrowTypes.keepsKinds(v.getField()) -> v.setSafe(index, tagged(value));
            case VarCharVector v -> v.setSafe(index, utf8(value));
            case LargeVarCharVector v -> v.setSafe(index, utf8(value));
            case VarBinaryVector v -> v.setSafe(index, bytes(value));
            case LargeVarBinaryVector v -> v.setSafe(index, bytes(value));
            case FixedSizeBinaryVector v -> v.setSafe(index, bytes(value));
            case DecimalVector v -> v.setSafe(index, decimal(value, v.getScale()));
            case Decimal256Vector v -> v.setSafe(index, decimal(value, v.getScale()));
            case TimeStampVector v -> v.setSafe(index, timestamp(v, Conversion.time(value)));
            case DateDayVector v ->
                v.setSafe(index, (int) Math.floorDiv(Conversion.time(value).getEpochSecond(), 86_400L));
            case DateMilliVector v -> v.setSafe(index, Conversion.time(value).toEpochMilli());
            case MapVector v -> putMap(v, index, value, column);
            case ListVector v -> {
                List<Value> values = Conversion.many(value);
                putElements(v.getDataVector(), v.startNewValue(index), values, column);
                v.endValue(index, values.size());
            }
            case LargeListVector v -> {
                List<Value> values = Conversion.many(value);
                putElements(v.getDataVector(), (int) v.startNewValue(index), values, column);
                v.endValue(index, values.size());
            }
            case FixedSizeListVector v -> {
                List<Value> values = Conversion.many(value);
                if (values.size() != v.getListSize()) {
                    throw new IllegalArgumentException("it has %d elements".formatted(values.size()));
                }
                putElements(v.getDataVector(), v.startNewValue(index), values, column);
            }
            case StructVector v -> putStruct(v, index, value, column);
            case NullVector v -> throw new IllegalArgumentException("the column holds only nulls");
            default -> throw new IllegalArgumentException("no values are written to this type");
        }
    }

    private static void putElements(FieldVector elements, int start, List<Value> values, String column) {
        for (int i = 0; i < values.size(); i++) {
            set(elements, start + i, values.get(i), column + "[]");
        }
    }

    private static void putStruct(StructVector struct, int index, Value value, String column) {
        Map<String, Value> parts = value instanceof Value.ZonedTime zoned ? zonedParts(zoned) : Conversion.keyed(value);
        struct.setIndexDefined(index);
        for (FieldVector part : struct.getChildrenFromFields()) {
            set(part, index, parts.getOrDefault(part.getName(), Value.Null.NULL), column + "." + part.getName());
        }
    }

    private static Map<String, Value> zonedParts(Value.ZonedTime zoned) {
        return Map.of(
                ArrowTypes.ZONED_TIME,
                new Value.Time(zoned.value()),
                ArrowTypes.ZONED_ZONE,
                new Value.Text(zoned.zone().getId()));
    }

    private static void putMap(MapVector map, int index, Value value, String column) {
        Map<Value, Value> entries = entries(value);
        StructVector pairs = (StructVector) map.getDataVector();
        FieldVector keys = pairs.getChildrenFromFields().getFirst();
        FieldVector values = pairs.getChildrenFromFields().getLast();
        int at = map.startNewValue(index);
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            pairs.setIndexDefined(at);
            set(keys, at, entry.getKey(), column + " (key)");
            set(values, at, entry.getValue(), column + "[]");
            at++;
        }
        map.endValue(index, entries.size());
    }

    private static Map<Value, Value> entries(Value value) {
        if (value instanceof Value.Entries(Map<Value, Value> entries)) {
            return entries;
        }
        Map<Value, Value> entries = new LinkedHashMap<>();
        Conversion.keyed(value).forEach((key, each) -> entries.put(new Value.Text(key), each));
        return entries;
    }

    private static long whole(Value value, long least, long greatest) {
        return Conversion.within(Conversion.whole(value), least, greatest);
    }

    private static byte[] utf8(Value value) {
        String text = value instanceof Value.Entries entries ? JsonValues.tagged(entries) : Conversion.text(value);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] tagged(Value value) {
        return JsonValues.tagged(new Value.Keyed(Conversion.keyed(value))).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Value value) {
        ByteBuffer buffer = Conversion.bytes(value);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static BigDecimal decimal(Value value, int scale) {
        return Conversion.decimal(value).setScale(scale);
    }

    private static long timestamp(TimeStampVector vector, Instant time) {
        return switch (((ArrowType.Timestamp) vector.getField().getType()).getUnit()) {
            case SECOND -> time.getEpochSecond();
            case MILLISECOND -> time.toEpochMilli();
            case MICROSECOND -> scaled(time, 1_000_000L, 1000);
            case NANOSECOND -> scaled(time, 1_000_000_000L, 1);
        };
    }

    private static long scaled(Instant time, long perSecond, int nanosPerUnit) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), perSecond), time.getNano() / nanosPerUnit);
    }
}

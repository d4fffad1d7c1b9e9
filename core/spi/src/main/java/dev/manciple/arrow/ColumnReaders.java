package dev.manciple.arrow;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.ExtensionTypeVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Makes column readers: from a vector to the kind of value it holds by itself, and from there, where that is not the kind the
 * declared type wants, through a {@link Conversion}.
 */
final class ColumnReaders {
    private static final Value NULL = Value.Null.NULL;

    private final DictionaryProvider dictionaries;

    ColumnReaders(DictionaryProvider dictionaries) {
        this.dictionaries = dictionaries;
    }

    /** A reader for the declared type: the vector's own where that is the same kind, else followed by a conversion. */
    ColumnReader declared(FieldVector vector, ValueType type, String column) {
        if (vector.getField().getDictionary() != null) {
            return dictionary(vector, type, column);
        }
        if (vector instanceof ExtensionTypeVector<?> extension) {
            return declared((FieldVector) extension.getUnderlyingVector(), type, column);
        }
        if (isList(vector) && type instanceof ValueType.ListOf(ValueType element)) {
            return list(vector, declared(child(vector), element, column + "[]"));
        }
        if (vector instanceof StructVector struct && type instanceof ValueType.StructOf(List<Field> fields)) {
            return struct(struct, fields, column);
        }
        if (vector instanceof VarCharVector maps && ArrowTypes.keepsKinds(vector.getField())) {
            return orNull(vector, index -> map(maps.get(index), column));
        }
        ColumnReader natural = natural(vector, column);
        if (isKind(vector, type)) {
            return natural;
        }
        if (type == ValueType.Scalar.ZONED_TIMESTAMP && vector instanceof TimeStampVector) {
            return inZone(natural, zone(vector));
        }
        Conversion conversion = new Conversion(type, "Column '%s'".formatted(column));
        return index -> conversion.apply(natural.read(index));
    }

    private static Value map(byte[] tagged, String column) {
        try {
            return JsonValues.readMap(new String(tagged, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "Column '%s': no map can be read there: %s".formatted(column, e.getMessage()), e);
        }
    }

    /** Whether a column of plain values holds them just as the declared type has them. */
    static boolean isAlreadyAs(ValueType type, FieldVector vector) {
        return vector.getField().getDictionary() == null
                && vector.getField().getChildren().isEmpty()
                && isKind(vector, type);
    }

    /** Whether the vector's own kind of value is what the type wants, so that nothing is left to check or convert. */
    private static boolean isKind(FieldVector vector, ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar ->
                switch (scalar) {
                    case INT32 ->
                        vector instanceof IntVector
                                || vector instanceof SmallIntVector
                                || vector instanceof TinyIntVector
                                || vector instanceof UInt1Vector
                                || vector instanceof UInt2Vector;
                    case INT64 ->
                        vector instanceof BigIntVector
                                || vector instanceof UInt4Vector
                                || isKind(vector, ValueType.Scalar.INT32);
                    case FLOAT -> vector instanceof Float4Vector || vector instanceof Float2Vector;
                    case DOUBLE -> vector instanceof Float8Vector || isKind(vector, ValueType.Scalar.FLOAT);
                    case BOOL -> vector instanceof BitVector;
                    case STRING ->
                        vector instanceof VarCharVector
                                || vector instanceof LargeVarCharVector
                                || vector instanceof ViewVarCharVector;
                    case UUID, TIME_UUID -> isKind(vector, ValueType.Scalar.STRING);
                    case DECIMAL -> vector instanceof DecimalVector || vector instanceof Decimal256Vector;
                    case BYTES, IMAGE_BYTES, PDF_BYTES ->
                        vector instanceof VarBinaryVector
                                || vector instanceof LargeVarBinaryVector
                                || vector instanceof ViewVarBinaryVector
                                || vector instanceof FixedSizeBinaryVector;
                    case UNIX_TIMESTAMP -> vector instanceof TimeStampVector;
                    case JSON, ZONED_TIMESTAMP -> false;
                };
            case ValueType.StringMap map -> vector instanceof StructVector;
            case ValueType.ScalarMap map -> false;
            case ValueType.ListOf list -> false;
            case ValueType.SetOf set -> false;
            case ValueType.StructOf struct -> false;
        };
    }

    private ColumnReader natural(FieldVector vector, String column) {
        return switch (vector) {
            case BigIntVector v -> orNull(v, i -> new Value.Int(v.get(i)));
            case IntVector v -> orNull(v, i -> new Value.Int(v.get(i)));
            case SmallIntVector v -> orNull(v, i -> new Value.Int(v.get(i)));
            case TinyIntVector v -> orNull(v, i -> new Value.Int(v.get(i)));
            case UInt1Vector v -> orNull(v, i -> new Value.Int(Byte.toUnsignedInt(v.get(i))));
            case UInt2Vector v -> orNull(v, i -> new Value.Int(v.get(i)));
            case UInt4Vector v -> orNull(v, i -> new Value.Int(Integer.toUnsignedLong(v.get(i))));
            case UInt8Vector v -> orNull(v, i -> unsigned(v.get(i)));
            case Float8Vector v -> orNull(v, i -> new Value.Real(v.get(i)));
            case Float4Vector v -> orNull(v, i -> new Value.Real(v.get(i)));
            case Float2Vector v -> orNull(v, i -> new Value.Real(v.getValueAsFloat(i)));
            case BitVector v -> orNull(v, i -> new Value.Bool(v.get(i) != 0));
            case VarCharVector v -> orNull(v, i -> text(v.get(i)));
            case LargeVarCharVector v -> orNull(v, i -> text(v.get(i)));
            case ViewVarCharVector v -> orNull(v, i -> text(v.get(i)));
            case VarBinaryVector v -> orNull(v, i -> bytes(v.get(i)));
            case LargeVarBinaryVector v -> orNull(v, i -> bytes(v.get(i)));
            case ViewVarBinaryVector v -> orNull(v, i -> bytes(v.get(i)));
            case FixedSizeBinaryVector v -> orNull(v, i -> bytes(v.get(i)));
            case DecimalVector v -> orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case Decimal256Vector v ->
                orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case TimeStampVector v -> timestamp(v);
            case DateDayVector v -> orNull(v, i -> new Value.Time(Instant.ofEpochSecond(v.get(i) * 86_400L)));
            case DateMilliVector v -> orNull(v, i -> new Value.Time(Instant.ofEpochMilli(v.get(i))));
            case TimeSecVector v -> orNull(v, i -> timeOfDay(v.get(i) * 1_000_000_000L));
            case TimeMilliVector v -> orNull(v, i -> timeOfDay(v.get(i) * 1_000_000L));
            case TimeMicroVector v -> orNull(v, i -> timeOfDay(v.get(i) * 1_000L));
            case TimeNanoVector v -> orNull(v, i -> timeOfDay(v.get(i)));
            case DurationVector v ->
                orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case IntervalDayVector v ->
                orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case IntervalYearVector v ->
                orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case IntervalMonthDayNanoVector v ->
                orNull(v, i -> new Value.Text(v.getObject(i).toString()));
            case NullVector v -> i -> NULL;
            case MapVector v -> map(v, column);
            case BaseListVector v -> list(v, inferred(child(v), column + "[]"));
            case LargeListVector v -> list(v, inferred(child(v), column + "[]"));
            case StructVector v -> struct(v, structFields(v), column);
            default ->
                throw new InvalidRequestException("Column '%s' has the Arrow type %s, which no feature type matches"
                        .formatted(column, vector.getField().getType()));
        };
    }

    private ColumnReader inferred(FieldVector vector, String column) {
        return declared(vector, ArrowTypes.valueType(vector.getField(), dictionaries), column);
    }

    private static ColumnReader orNull(FieldVector vector, IntFunction<Value> read) {
        return index -> vector.isNull(index) ? NULL : read.apply(index);
    }

    private static Value unsigned(long value) {
        return value >= 0 ? new Value.Int(value) : new Value.Text(Long.toUnsignedString(value));
    }

    private static Value text(byte[] utf8) {
        return new Value.Text(new String(utf8, StandardCharsets.UTF_8));
    }

    private static Value bytes(byte[] bytes) {
        return new Value.Bytes(ByteBuffer.wrap(bytes));
    }

    private static Value timeOfDay(long nanos) {
        return new Value.Text(LocalTime.ofNanoOfDay(nanos).toString());
    }

    /** Finer than microseconds is cut off towards the past, as Feast does. */
    private static ColumnReader timestamp(TimeStampVector vector) {
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        return switch (unit) {
            case SECOND -> orNull(vector, i -> new Value.Time(Instant.ofEpochSecond(vector.get(i))));
            case MILLISECOND -> orNull(vector, i -> new Value.Time(Instant.ofEpochMilli(vector.get(i))));
            case MICROSECOND -> orNull(vector, i -> micros(vector.get(i)));
            case NANOSECOND -> orNull(vector, i -> micros(Math.floorDiv(vector.get(i), 1000L)));
        };
    }

    private static Value micros(long micros) {
        return new Value.Time(
                Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000));
    }

    private static ColumnReader inZone(ColumnReader times, ZoneId zone) {
        return index -> times.read(index) instanceof Value.Time(Instant time) ? new Value.ZonedTime(time, zone) : NULL;
    }

    private static ZoneId zone(FieldVector vector) {
        String zone = ((ArrowType.Timestamp) vector.getField().getType()).getTimezone();
        return zone == null || zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone);
    }

    private static boolean isList(FieldVector vector) {
        return !(vector instanceof MapVector)
                && (vector instanceof BaseListVector || vector instanceof LargeListVector);
    }

    private static FieldVector child(FieldVector list) {
        return list.getChildrenFromFields().getFirst();
    }

    private static ColumnReader list(FieldVector list, ColumnReader element) {
        return list instanceof LargeListVector large
                ? list(list, element, i -> (int) large.getElementStartIndex(i), i -> (int) large.getElementEndIndex(i))
                : list((BaseListVector) list, element);
    }

    private static ColumnReader list(BaseListVector list, ColumnReader element) {
        return list(list, element, list::getElementStartIndex, list::getElementEndIndex);
    }

    private static ColumnReader list(
            FieldVector list, ColumnReader element, IntUnaryOperator start, IntUnaryOperator end) {
        return orNull(list, index -> {
            int last = end.applyAsInt(index);
            List<Value> values = new ArrayList<>();
            for (int i = start.applyAsInt(index); i < last; i++) {
                values.add(element.read(i));
            }
            return new Value.Many(values);
        });
    }

    private ColumnReader struct(StructVector struct, List<Field> fields, String column) {
        Map<String, ColumnReader> parts = new LinkedHashMap<>();
        for (Field field : fields) {
            FieldVector part = struct.getChild(field.name());
            parts.put(
                    field.name(),
                    part == null ? index -> NULL : declared(part, field.type(), column + "." + field.name()));
        }
        return orNull(struct, index -> {
            Map<String, Value> values = LinkedHashMap.newLinkedHashMap(parts.size());
            parts.forEach((name, reader) -> values.put(name, reader.read(index)));
            return new Value.Keyed(values);
        });
    }

    private List<Field> structFields(StructVector struct) {
        return struct.getChildrenFromFields().stream()
                .map(part -> Field.of(part.getName(), ArrowTypes.valueType(part.getField(), dictionaries)))
                .toList();
    }

    /** Text keys give {@code Keyed}, others {@code Entries}. */
    private ColumnReader map(MapVector map, String column) {
        List<FieldVector> parts = child(map).getChildrenFromFields();
        ColumnReader keys = inferred(parts.getFirst(), column + " (key)");
        ColumnReader values = inferred(parts.getLast(), column + "[]");
        boolean textKeys = ArrowTypes.valueType(map.getField(), dictionaries) == ValueType.StringMap.STRING_MAP;
        return orNull(map, index -> {
            Map<Value, Value> entries = new LinkedHashMap<>();
            int end = map.getElementEndIndex(index);
            for (int i = map.getElementStartIndex(index); i < end; i++) {
                entries.put(keys.read(i), values.read(i));
            }
            return textKeys ? keyed(entries) : new Value.Entries(entries);
        });
    }

    private static Value keyed(Map<Value, Value> entries) {
        Map<String, Value> keyed = LinkedHashMap.newLinkedHashMap(entries.size());
        entries.forEach((key, value) -> keyed.put(Conversion.plainText(key), value));
        return new Value.Keyed(keyed);
    }

    private ColumnReader dictionary(FieldVector indices, ValueType type, String column) {
        ColumnReader values = declared(Dictionaries.of(indices.getField(), dictionaries), type, column);
        ColumnReader positions = natural(indices, column);
        return index -> positions.read(index) instanceof Value.Int(long position) ? values.read((int) position) : NULL;
    }
}

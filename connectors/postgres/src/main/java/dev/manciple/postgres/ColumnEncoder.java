package dev.manciple.postgres;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.postgres.PgType.Element;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.List;
import org.apache.arrow.vector.BaseVariableWidthVector;
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
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VariableWidthFieldVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.postgresql.util.ByteConverter;

/** One column on its way to the server: its values, each behind its length, nulls included. */
final class ColumnEncoder {
    /** The server counts from the year 2000. */
    static final long EPOCH_MICROS = 946_684_800_000_000L;

    static final int EPOCH_DAYS = 10_957;

    private static final int NULL = -1;

    private final FieldVector vector;
    private final String column;
    private final Encoder encoder;

    private ColumnEncoder(FieldVector vector, String column, Encoder encoder) {
        this.vector = vector;
        this.column = column;
        this.encoder = encoder;
    }

    /** As {@link ColumnForms#carried}. */
    static ColumnEncoder carried(FieldVector vector) {
        return carried(vector, vector.getName());
    }

    private static ColumnEncoder carried(FieldVector vector, String column) {
        return new ColumnEncoder(
                vector,
                column,
                switch (vector) {
                    case StructVector struct -> packedStruct(struct, column);
                    case BaseListVector list -> packedList(list, column);
                    case TimeStampVector time
                    when unit(time) == TimeUnit.NANOSECOND -> (row, out) -> out.putLong(time.get(row));
                    case TimeMicroVector time -> (row, out) -> out.putLong(time.get(row));
                    case TimeNanoVector time -> (row, out) -> out.putLong(time.get(row));
                    case FieldVector scalar -> scalar(scalar);
                });
    }

    /** As {@link ColumnForms#stored}. */
    static ColumnEncoder stored(FieldVector vector) {
        return stored(vector, vector.getName());
    }

    private static ColumnEncoder stored(FieldVector vector, String column) {
        if (vector.getField().getDictionary() != null) {
            throw new InvalidRequestException(
                    "Column '%s' is behind a dictionary, which PostgreSQL has no like of: convert it"
                            .formatted(column));
        }
        PgType type = ColumnForms.stored(vector.getField());
        if (type.array()) {
            return new ColumnEncoder(vector, column, array((BaseListVector) vector, type.element(), column));
        }
        if (type.element() == Element.JSONB) {
            return new ColumnEncoder(vector, column, json(vector));
        }
        return new ColumnEncoder(
                vector, column, ColumnForms.isZonedTime(vector.getField()) ? zoned(vector) : scalar(vector));
    }

    /** Writes the value of a row behind its length. */
    void write(int row, CopyBuffer out) {
        if (vector.isNull(row)) {
            out.putInt(NULL);
            return;
        }
        int length = out.openLength();
        try {
            encoder.write(row, out);
        } catch (ArithmeticException | DateTimeException e) {
            throw new InvalidRequestException(
                    "Column '%s' holds %s, which PostgreSQL cannot keep: %s"
                            .formatted(column, vector.getObject(row), e.getMessage()),
                    e);
        }
        out.closeLength(length);
    }

    private static Encoder scalar(FieldVector vector) {
        return switch (vector) {
            case BitVector v -> (row, out) -> out.putByte(v.get(row));
            case TinyIntVector v -> (row, out) -> out.putShort(v.get(row));
            case UInt1Vector v -> (row, out) -> out.putShort(v.get(row) & 0xFF);
            case SmallIntVector v -> (row, out) -> out.putShort(v.get(row));
            case UInt2Vector v -> (row, out) -> out.putInt(v.get(row));
            case IntVector v -> (row, out) -> out.putInt(v.get(row));
            case UInt4Vector v -> (row, out) -> out.putLong(v.get(row) & 0xFFFF_FFFFL);
            case BigIntVector v -> (row, out) -> out.putLong(v.get(row));
            case UInt8Vector v -> (row, out) -> putDecimal(new BigDecimal(v.getObjectNoOverflow(row)), out);
            case Float2Vector v -> (row, out) -> out.putInt(Float.floatToRawIntBits(v.getValueAsFloat(row)));
            case Float4Vector v -> (row, out) -> out.putInt(Float.floatToRawIntBits(v.get(row)));
            case Float8Vector v -> (row, out) -> out.putLong(Double.doubleToRawLongBits(v.get(row)));
            case DecimalVector v -> (row, out) -> putDecimal(v.getObject(row), out);
            case Decimal256Vector v -> (row, out) -> putDecimal(v.getObject(row), out);
            case BaseVariableWidthVector v ->
                (row, out) -> out.putBytes(v.getDataBuffer(), v.getStartOffset(row), v.getValueLength(row));
            case VariableWidthFieldVector v -> (row, out) -> out.putBytes(v.get(row));
            case FixedSizeBinaryVector v -> (row, out) -> out.putBytes(v.get(row));
            case DateDayVector v -> (row, out) -> out.putInt(Math.subtractExact(v.get(row), EPOCH_DAYS));
            case DateMilliVector v -> (row, out) -> putMicros(Math.multiplyExact(v.get(row), 1000L), out);
            case TimeStampVector v -> timestamp(v);
            case FieldVector other -> text(other);
        };
    }

    private static TimeUnit unit(TimeStampVector vector) {
        return ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
    }

    private static Encoder timestamp(TimeStampVector vector) {
        return switch (unit(vector)) {
            case SECOND -> (row, out) -> putMicros(Math.multiplyExact(vector.get(row), 1_000_000L), out);
            case MILLISECOND -> (row, out) -> putMicros(Math.multiplyExact(vector.get(row), 1000L), out);
            case MICROSECOND -> (row, out) -> putMicros(vector.get(row), out);
            case NANOSECOND -> (row, out) -> putMicros(Math.floorDiv(vector.get(row), 1000L), out);
        };
    }

    private static void putMicros(long micros, CopyBuffer out) {
        out.putLong(Math.subtractExact(micros, EPOCH_MICROS));
    }

    private static void putDecimal(BigDecimal decimal, CopyBuffer out) {
        out.putBytes(
                ByteConverter.numeric(decimal.scale() < 0 ? decimal.setScale(0, RoundingMode.UNNECESSARY) : decimal));
    }

    /** What Arrow has and the server does not, as people write it. */
    private static Encoder text(FieldVector vector) {
        ColumnReader reader = ArrowValues.reader(vector, ValueType.Scalar.STRING);
        return (row, out) -> {
            if (reader.read(row) instanceof Value.Text(String text)) {
                out.putBytes(text.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static Encoder json(FieldVector vector) {
        ColumnReader reader = ArrowValues.reader(vector, ValueType.Scalar.JSON);
        return (row, out) -> {
            out.putByte(1);
            if (reader.read(row) instanceof Value.Text(String text)) {
                out.putBytes(text.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** In UTC, since the offsets of old times have seconds, which not everybody reads. */
    private static Encoder zoned(FieldVector vector) {
        ColumnReader reader = ArrowValues.reader(vector, ValueType.Scalar.ZONED_TIMESTAMP);
        return (row, out) -> {
            if (reader.read(row) instanceof Value.ZonedTime time) {
                out.putBytes("%s[%s]".formatted(time.value(), time.zone()).getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static Encoder array(BaseListVector list, Element element, String column) {
        FieldVector values = list.getChildrenFromFields().getFirst();
        ColumnEncoder each = stored(values, column + "[]");
        return (row, out) -> {
            int start = list.getElementStartIndex(row);
            int end = list.getElementEndIndex(row);
            boolean empty = start == end;
            out.putInt(empty ? 0 : 1);
            out.putInt(hasNull(values, start, end) ? 1 : 0);
            out.putInt(element.oid());
            if (!empty) {
                out.putInt(end - start);
                out.putInt(1);
            }
            for (int i = start; i < end; i++) {
                each.write(i, out);
            }
        };
    }

    private static boolean hasNull(FieldVector values, int start, int end) {
        for (int i = start; i < end; i++) {
            if (values.isNull(i)) {
                return true;
            }
        }
        return false;
    }

    private static Encoder packedStruct(StructVector struct, String column) {
        List<ColumnEncoder> parts = struct.getChildrenFromFields().stream()
                .map(part -> carried(part, column + "." + part.getName()))
                .toList();
        return (row, out) -> parts.forEach(part -> part.write(row, out));
    }

    private static Encoder packedList(BaseListVector list, String column) {
        ColumnEncoder each = carried(list.getChildrenFromFields().getFirst(), column + "[]");
        return (row, out) -> {
            int start = list.getElementStartIndex(row);
            int end = list.getElementEndIndex(row);
            out.putInt(end - start);
            for (int i = start; i < end; i++) {
                each.write(i, out);
            }
        };
    }
}

package dev.manciple.postgres;

import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.postgres.PgType.Element;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
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
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.postgresql.util.ByteConverter;

/** One column on its way from the server into a vector. */
final class ColumnDecoder {
    private final FieldVector vector;
    private final Setter setter;

    private ColumnDecoder(FieldVector vector, Setter setter) {
        this.vector = vector;
        this.setter = setter;
    }

    /** Puts a value that is not null into the vector. */
    private interface Setter {
        void set(int index, byte[] from, int at, int length);
    }

    /** @param type what the server sends for the vector's values */
    static ColumnDecoder of(FieldVector vector, PgType type) {
        return new ColumnDecoder(vector, setter(vector, type));
    }

    /** The value that stands behind its length; returns where the next one starts. */
    int read(int index, byte[] from, int at) {
        int length = (int) CopyBuffer.INT.get(from, at);
        int start = at + Integer.BYTES;
        if (length < 0) {
            vector.setNull(index);
            return start;
        }
        setter.set(index, from, start, length);
        return start + length;
    }

    private static Setter setter(FieldVector vector, PgType type) {
        if (type.array()) {
            return array((ListVector) vector, type.element());
        }
        return switch (type.element()) {
            case BYTEA ->
                vector instanceof VarBinaryVector bytes
                        ? (index, from, at, length) -> bytes.setSafe(index, from, at, length)
                        : packed(vector);
            case TEXT, VARCHAR, JSON -> {
                VarCharVector text = (VarCharVector) vector;
                yield (index, from, at, length) -> text.setSafe(index, from, at, length);
            }
            case JSONB -> {
                // The first byte is the version of the form.
                VarCharVector text = (VarCharVector) vector;
                yield (index, from, at, length) -> text.setSafe(index, from, at + 1, length - 1);
            }
            case BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ -> fixed(vector);
        };
    }

    /** The width follows from the vector, as what was sent was chosen for it. */
    private static Setter fixed(FieldVector vector) {
        return switch (vector) {
            case BitVector v -> (index, from, at, length) -> v.setSafe(index, from[at]);
            case TinyIntVector v -> (index, from, at, length) -> v.setSafe(index, int2(from, at));
            case UInt1Vector v -> (index, from, at, length) -> v.setSafe(index, int2(from, at));
            case SmallIntVector v -> (index, from, at, length) -> v.setSafe(index, int2(from, at));
            case UInt2Vector v -> (index, from, at, length) -> v.setSafe(index, int4(from, at));
            case IntVector v -> (index, from, at, length) -> v.setSafe(index, int4(from, at));
            case UInt4Vector v -> (index, from, at, length) -> v.setSafe(index, (int) int8(from, at));
            case BigIntVector v -> (index, from, at, length) -> v.setSafe(index, int8(from, at));
            case UInt8Vector v ->
                (index, from, at, length) -> v.setSafe(
                        index, decimal(v, from, at, length).toBigInteger().longValue());
            case Float4Vector v -> (index, from, at, length) -> v.setSafe(index, Float.intBitsToFloat(int4(from, at)));
            case Float8Vector v ->
                (index, from, at, length) -> v.setSafe(index, Double.longBitsToDouble(int8(from, at)));
            case DecimalVector v ->
                (index, from, at, length) ->
                        v.setSafe(index, decimal(v, from, at, length).setScale(v.getScale()));
            case DateDayVector v -> (index, from, at, length) -> setDay(v, index, int4(from, at));
            case TimeMicroVector v -> (index, from, at, length) -> v.setSafe(index, int8(from, at));
            case TimeNanoVector v -> (index, from, at, length) -> v.setSafe(index, int8(from, at));
            case TimeStampVector v -> timestamp(v);
            case FieldVector other -> throw new InternalException("Nothing is read into a column " + other.getField());
        };
    }

    private static int int2(byte[] from, int at) {
        return (short) CopyBuffer.SHORT.get(from, at);
    }

    private static int int4(byte[] from, int at) {
        return (int) CopyBuffer.INT.get(from, at);
    }

    private static long int8(byte[] from, int at) {
        return (long) CopyBuffer.LONG.get(from, at);
    }

    private static BigDecimal decimal(FieldVector vector, byte[] from, int at, int length) {
        Number number = ByteConverter.numeric(from, at, length);
        return switch (number) {
            case BigDecimal decimal -> decimal;
            case BigInteger whole -> new BigDecimal(whole);
            case Number special ->
                throw new InvalidRequestException(
                        "Column '%s' holds %s, which is no decimal number".formatted(vector.getName(), special));
        };
    }

    /** The server's infinite dates and times are no times to us, and mean that there is none. */
    private static void setDay(DateDayVector vector, int index, int day) {
        if (day == Integer.MAX_VALUE || day == Integer.MIN_VALUE) {
            vector.setNull(index);
        } else {
            vector.setSafe(index, Math.addExact(day, ColumnEncoder.EPOCH_DAYS));
        }
    }

    private static Setter timestamp(TimeStampVector vector) {
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        return switch (unit) {
            case NANOSECOND -> (index, from, at, length) -> vector.setSafe(index, int8(from, at));
            case MICROSECOND -> (index, from, at, length) -> setMicros(vector, index, int8(from, at), 1);
            case MILLISECOND -> (index, from, at, length) -> setMicros(vector, index, int8(from, at), 1000);
            case SECOND -> (index, from, at, length) -> setMicros(vector, index, int8(from, at), 1_000_000);
        };
    }

    private static void setMicros(TimeStampVector vector, int index, long micros, long perUnit) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            vector.setNull(index);
        } else {
            vector.setSafe(index, Math.addExact(micros, ColumnEncoder.EPOCH_MICROS) / perUnit);
        }
    }

    private static Setter array(ListVector list, Element element) {
        ColumnDecoder each = of(list.getDataVector(), PgType.of(element));
        return (index, from, at, length) -> {
            int dimensions = int4(from, at);
            if (dimensions > 1) {
                throw new InvalidRequestException(
                        "Column '%s' holds an array of %d dimensions; lists of lists are read from jsonb columns"
                                .formatted(list.getName(), dimensions));
            }
            int count = dimensions == 0 ? 0 : int4(from, at + 12);
            int start = list.startNewValue(index);
            int next = at + 20;
            for (int i = 0; i < count; i++) {
                next = each.read(start + i, from, next);
            }
            list.endValue(index, count);
        };
    }

    /** What {@link ColumnEncoder} packs into bytes. */
    private static Setter packed(FieldVector vector) {
        return switch (vector) {
            case StructVector struct -> packedStruct(struct);
            // A map is a list of structs here too.
            case ListVector list -> {
                ColumnDecoder each = packedPart(list.getDataVector());
                yield (index, from, at, length) -> {
                    int count = int4(from, at);
                    readAll(each, list.startNewValue(index), count, from, at + Integer.BYTES);
                    list.endValue(index, count);
                };
            }
            case FixedSizeListVector list -> {
                ColumnDecoder each = packedPart(list.getDataVector());
                yield (index, from, at, length) ->
                        readAll(each, list.startNewValue(index), int4(from, at), from, at + Integer.BYTES);
            }
            case FieldVector other ->
                throw new InternalException("Nothing is unpacked into a column " + other.getField());
        };
    }

    private static void readAll(ColumnDecoder each, int start, int count, byte[] from, int at) {
        int next = at;
        for (int i = 0; i < count; i++) {
            next = each.read(start + i, from, next);
        }
    }

    private static Setter packedStruct(StructVector struct) {
        List<ColumnDecoder> parts = struct.getChildrenFromFields().stream()
                .map(ColumnDecoder::packedPart)
                .toList();
        return (index, from, at, length) -> {
            struct.setIndexDefined(index);
            int next = at;
            for (ColumnDecoder part : parts) {
                next = part.read(index, from, next);
            }
        };
    }

    private static ColumnDecoder packedPart(FieldVector vector) {
        return of(vector, ColumnForms.carried(vector.getField()));
    }
}

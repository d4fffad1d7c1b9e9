package dev.manciple.server.flight;

import dev.manciple.arrow.RemadeReader;
import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Join keys that are whole numbers and were sent as floating point, which pandas makes of them where one is missing. They are kept
 * and joined as whole numbers, NaN as null, and answered as they were sent. Immutable.
 *
 * @param columns the names and what they were sent as
 */
record SentKeys(Map<String, ArrowType.FloatingPoint> columns) {
    private static final ArrowType WHOLE = new ArrowType.Int(Long.SIZE, true);

    SentKeys {
        columns = Map.copyOf(columns);
    }

    /** @param keys the names of columns that are joined as whole numbers */
    static SentKeys of(List<Field> sent, Set<String> keys) {
        Map<String, ArrowType.FloatingPoint> columns = new TreeMap<>();
        for (Field field : sent) {
            if (field.getDictionary() == null
                    && keys.contains(field.getName())
                    && field.getType() instanceof ArrowType.FloatingPoint type) {
                columns.put(field.getName(), type);
            }
        }
        return new SentKeys(columns);
    }

    /** What a column that was sent is kept as. */
    Field kept(Field sent) {
        return sent.getType().equals(columns.get(sent.getName())) ? Field.nullable(sent.getName(), WHOLE) : sent;
    }

    /**
     * Takes the numbers of a column that is kept as another.
     *
     * @throws InvalidRequestException if a number is not whole, or may have been rounded to be one
     */
    static void take(FloatingPointVector sent, BigIntVector kept) {
        double exact = exactUpTo(((ArrowType.FloatingPoint) sent.getField().getType()).getPrecision());
        int rows = sent.getValueCount();
        kept.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
            double number = sent.isNull(row) ? Double.NaN : sent.getValueAsDouble(row);
            if (Double.isNaN(number)) {
                kept.setNull(row);
            } else if (number == Math.rint(number) && Math.abs(number) <= exact) {
                kept.set(row, (long) number);
            } else {
                throw new InvalidRequestException(
                        "Column '%s' of the rows sent holds %s, but is joined as a whole number, of which its type tells those up to %.0f. Send whole numbers, those with nulls as pandas' Int64, or correct the entity's type."
                                .formatted(sent.getField().getName(), number, exact));
            }
        }
        kept.setValueCount(rows);
    }

    /** Beyond it a number stands for its neighbours too. */
    private static double exactUpTo(FloatingPointPrecision precision) {
        return switch (precision) {
            case HALF -> 0x1p11;
            case SINGLE -> 0x1p24;
            case DOUBLE -> 0x1p53;
        };
    }

    /** The schema of an answer as it is given. */
    Schema given(Schema answered) {
        return columns.isEmpty()
                ? answered
                : new Schema(answered.getFields().stream().map(this::given).toList(), answered.getCustomMetadata());
    }

    private Field given(Field answered) {
        ArrowType.FloatingPoint type = columns.get(answered.getName());
        return type != null && answered.getType().equals(WHOLE) ? Field.nullable(answered.getName(), type) : answered;
    }

    /** The rows of an answer as they are given; closing it closes those. */
    ArrowReader given(ArrowReader answered, BufferAllocator allocator) {
        return columns.isEmpty() ? answered : new Given(answered, allocator);
    }

    private final class Given extends RemadeReader {
        Given(ArrowReader from, BufferAllocator allocator) {
            super(from, allocator);
        }

        @Override
        protected Schema readSchema() throws IOException {
            return given(from().getVectorSchemaRoot().getSchema());
        }

        @Override
        protected void remake(VectorSchemaRoot answered, VectorSchemaRoot made) {
            for (int i = 0; i < answered.getFieldVectors().size(); i++) {
                give(answered.getVector(i), made.getVector(i));
            }
        }

        private static void give(FieldVector answered, FieldVector given) {
            if (answered instanceof BigIntVector whole && given instanceof FloatingPointVector numbers) {
                given.setInitialCapacity(whole.getValueCount());
                given.allocateNew();
                for (int row = 0; row < whole.getValueCount(); row++) {
                    if (whole.isNull(row)) {
                        given.setNull(row);
                    } else {
                        numbers.setWithPossibleTruncate(row, (double) whole.get(row));
                    }
                }
            } else {
                answered.makeTransferPair(given).transfer();
            }
        }
    }
}

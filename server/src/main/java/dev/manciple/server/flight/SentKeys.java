package dev.manciple.server.flight;

import dev.manciple.arrow.DerivedReader;
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
    static final SentKeys NONE = new SentKeys(Map.of());

    private static final ArrowType WHOLE = new ArrowType.Int(Long.SIZE, true);

    /** Below it every long is reached by a double, and from it on none is. */
    private static final double END_OF_LONG = 0x1p63;

    SentKeys {
        columns = Map.copyOf(columns);
    }

    /** @param keys the names of columns that are joined as whole numbers */
    static SentKeys of(List<Field> sent, Set<String> keys) {
        Map<String, ArrowType.FloatingPoint> columns = new TreeMap<>();
        for (Field field : sent) {
            if (field.getDictionary() == null
                    && keys.contains(field.getName())
                    && field.getType() instanceof ArrowType.FloatingPoint type
                    && type.getPrecision() != FloatingPointPrecision.HALF) {
                columns.put(field.getName(), type);
            }
        }
        return new SentKeys(columns);
    }

    /** What a column that was sent is kept as. */
    Field kept(Field sent) {
        return contains(sent.getName()) ? Field.nullable(sent.getName(), WHOLE) : sent;
    }

    /** Whether the values of a column are to be taken by {@link #take}, rather than as they are. */
    boolean contains(String column) {
        return columns.containsKey(column);
    }

    /** @throws InvalidRequestException if a number is not whole */
    static void take(FieldVector sent, BigIntVector kept) {
        FloatingPointVector numbers = (FloatingPointVector) sent;
        int rows = sent.getValueCount();
        kept.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
            double number = sent.isNull(row) ? Double.NaN : numbers.getValueAsDouble(row);
            if (Double.isNaN(number)) {
                kept.setNull(row);
            } else if (number == Math.rint(number) && number >= -END_OF_LONG && number < END_OF_LONG) {
                kept.set(row, (long) number);
            } else {
                throw new InvalidRequestException(
                        "Column '%s' of the rows sent holds %s, but is joined as a whole number. Correct the value, or the entity's type."
                                .formatted(sent.getName(), number));
            }
        }
        kept.setValueCount(rows);
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

    private final class Given extends DerivedReader {
        Given(ArrowReader from, BufferAllocator allocator) {
            super(from, allocator);
        }

        @Override
        protected Schema readSchema() throws IOException {
            return given(from().getVectorSchemaRoot().getSchema());
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            prepareLoadNextBatch();
            VectorSchemaRoot given = getVectorSchemaRoot();
            if (!from().loadNextBatch()) {
                given.setRowCount(0);
                return false;
            }
            VectorSchemaRoot answered = from().getVectorSchemaRoot();
            for (int i = 0; i < answered.getFieldVectors().size(); i++) {
                give(answered.getVector(i), given.getVector(i));
            }
            given.setRowCount(answered.getRowCount());
            return true;
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

package dev.manciple.retrieve;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.RemadeReader;
import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Reads columns of fractions as the integers their features are declared as, exactly. Other columns pass as they are. */
final class WholeNumbers extends RemadeReader {
    private final Map<Integer, WholeNumbersJob.Feature> converted;
    private long rowsBefore;

    /** @param converted features by the place of their column */
    WholeNumbers(ArrowReader rows, Map<Integer, WholeNumbersJob.Feature> converted, BufferAllocator allocator) {
        super(rows, allocator);
        this.converted = Map.copyOf(converted);
    }

    @Override
    protected Schema readSchema() throws IOException {
        return WholeNumbersJob.schema(from().getVectorSchemaRoot().getSchema(), converted);
    }

    @Override
    protected void remake(VectorSchemaRoot read, VectorSchemaRoot whole) {
        int count = read.getRowCount();
        for (int i = 0; i < read.getFieldVectors().size(); i++) {
            WholeNumbersJob.Feature feature = converted.get(i);
            if (feature == null) {
                read.getVector(i).makeTransferPair(whole.getVector(i)).transfer();
            } else {
                convert(feature, read.getVector(i), whole.getVector(i), count);
            }
        }
        rowsBefore += count;
    }

    private void convert(WholeNumbersJob.Feature feature, FieldVector from, FieldVector to, int count) {
        to.reset();
        ColumnReader reader = ArrowValues.reader(from, feature.declared());
        for (int row = 0; row < count; row++) {
            try {
                ArrowValues.set(to, row, reader.read(row));
            } catch (InvalidRequestException e) {
                throw new InvalidRequestException(
                        "Row %d of the result: source '%s' has %s for feature '%s', which is declared as %s. Correct the source, or declare the feature as a type with fractions"
                                .formatted(
                                        rowsBefore + row + 1,
                                        feature.source(),
                                        from.getObject(row),
                                        feature.reference(),
                                        feature.declared()),
                        e);
            }
        }
        to.setValueCount(count);
    }
}

package dev.manciple.server.flight;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The same batches with other names of columns. Columns are moved, not copied. */
final class RenamedReader extends DerivedReader {
    private final List<String> names;

    /** @param names of the columns, in order */
    RenamedReader(ArrowReader from, List<String> names, BufferAllocator allocator) {
        super(from, allocator);
        this.names = names;
    }

    static Schema rename(Schema schema, List<String> names) {
        List<Field> fields = schema.getFields();
        return new Schema(java.util.stream.IntStream.range(0, fields.size())
                .mapToObj(i -> new Field(
                        names.get(i),
                        fields.get(i).getFieldType(),
                        fields.get(i).getChildren()))
                .toList());
    }

    @Override
    protected Schema readSchema() throws IOException {
        return rename(from().getVectorSchemaRoot().getSchema(), names);
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        VectorSchemaRoot renamed = getVectorSchemaRoot();
        if (!from().loadNextBatch()) {
            renamed.setRowCount(0);
            return false;
        }
        VectorSchemaRoot given = from().getVectorSchemaRoot();
        List<FieldVector> vectors = given.getFieldVectors();
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).makeTransferPair(renamed.getVector(i)).transfer();
        }
        renamed.setRowCount(given.getRowCount());
        return true;
    }
}

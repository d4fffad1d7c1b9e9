package dev.manciple.server.flight;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.RemadeReader;
import dev.manciple.model.ValueType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The same batches with other names of columns, and perhaps a column of empty text after them. Columns are moved, not copied. */
final class PulledReader extends RemadeReader {
    private static final byte[] EMPTY = {};

    private final List<String> names;
    private final Optional<String> added;

    /**
     * @param names of the columns, in order
     * @param added the name of the column of empty text
     */
    PulledReader(ArrowReader from, List<String> names, Optional<String> added, BufferAllocator allocator) {
        super(from, allocator);
        this.names = names;
        this.added = added;
    }

    static Schema schema(Schema schema, List<String> names, Optional<String> added) {
        List<Field> columns = schema.getFields();
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            fields.add(new Field(
                    names.get(i), columns.get(i).getFieldType(), columns.get(i).getChildren()));
        }
        added.ifPresent(name -> fields.add(ArrowTypes.arrow(name, ValueType.Scalar.STRING)));
        return new Schema(fields);
    }

    @Override
    protected Schema readSchema() throws IOException {
        return schema(from().getVectorSchemaRoot().getSchema(), names, added);
    }

    @Override
    protected void remake(VectorSchemaRoot given, VectorSchemaRoot made) {
        List<FieldVector> vectors = given.getFieldVectors();
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).makeTransferPair(made.getVector(i)).transfer();
        }
        added.ifPresent(name -> fill((VarCharVector) made.getVector(vectors.size()), given.getRowCount()));
    }

    private static void fill(VarCharVector texts, int rows) {
        texts.reset();
        for (int row = 0; row < rows; row++) {
            texts.setSafe(row, EMPTY);
        }
    }
}

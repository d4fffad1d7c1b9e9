package dev.manciple.tck;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Rows whose second batch cannot be read, as when a file is cut off or a connection breaks. */
final class BrokenReader extends DerivedReader {
    static final String MESSAGE = "the second batch cannot be read";

    private int batches;

    BrokenReader(BufferAllocator allocator, Table table) {
        super(table.reader(allocator), allocator);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (++batches == 2) {
            throw new IOException(MESSAGE);
        }
        return from().loadNextBatch();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return from().getVectorSchemaRoot().getSchema();
    }
}

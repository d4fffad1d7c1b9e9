package dev.manciple.tck;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Rows whose second batch cannot be read, as when a file is cut off or a connection breaks. */
final class BrokenReader extends ArrowReader {
    static final String MESSAGE = "the second batch cannot be read";

    private final ArrowReader rows;
    private int batches;

    BrokenReader(BufferAllocator allocator, Table table) {
        super(allocator);
        this.rows = table.reader(allocator);
    }

    @Override
    public org.apache.arrow.vector.VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return rows.getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (++batches == 2) {
            throw new IOException(MESSAGE);
        }
        return rows.loadNextBatch();
    }

    @Override
    public long bytesRead() {
        return rows.bytesRead();
    }

    @Override
    protected void closeReadSource() throws IOException {
        rows.close();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return rows.getVectorSchemaRoot().getSchema();
    }
}

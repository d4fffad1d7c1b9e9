package dev.manciple.duckdb;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A reader whose rows do not come. */
final class FailingReader extends ArrowReader {
    private final Schema schema;

    FailingReader(BufferAllocator allocator, Schema schema) {
        super(allocator);
        this.schema = schema;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        throw new IOException("the network is gone");
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
        return schema;
    }
}

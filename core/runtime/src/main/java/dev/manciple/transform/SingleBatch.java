package dev.manciple.transform;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A reader of one batch that is there already. Closing it frees the batch. */
final class SingleBatch extends ArrowReader {
    private final VectorSchemaRoot batch;
    private boolean loaded;

    SingleBatch(VectorSchemaRoot batch, BufferAllocator allocator) {
        super(allocator);
        this.batch = batch;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        return batch;
    }

    @Override
    public boolean loadNextBatch() {
        boolean first = !loaded;
        loaded = true;
        return first;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected Schema readSchema() {
        return batch.getSchema();
    }

    @Override
    protected void closeReadSource() {
        batch.close();
    }
}

package dev.manciple.benchmarks.micro;

import java.io.IOException;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Gives the batch another reader holds, once, without filling it again. */
final class OneBatch extends ArrowReader {
    private final ArrowReader loaded;
    private boolean given;

    OneBatch(ArrowReader loaded, BufferAllocator allocator) {
        super(allocator);
        this.loaded = loaded;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return loaded.getVectorSchemaRoot();
    }

    @Override
    public Map<Long, Dictionary> getDictionaryVectors() throws IOException {
        return loaded.getDictionaryVectors();
    }

    @Override
    public boolean loadNextBatch() {
        boolean first = !given;
        given = true;
        return first;
    }

    @Override
    protected Schema readSchema() throws IOException {
        return loaded.getVectorSchemaRoot().getSchema();
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {}
}

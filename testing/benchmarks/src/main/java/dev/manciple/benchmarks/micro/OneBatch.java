package dev.manciple.benchmarks.micro;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Gives the batch another reader holds, once, without filling it again. The other stays open. */
final class OneBatch extends DerivedReader {
    private boolean given;

    OneBatch(ArrowReader loaded, BufferAllocator allocator) {
        super(loaded, allocator);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() {
        boolean first = !given;
        given = true;
        return first;
    }

    @Override
    protected Schema readSchema() throws IOException {
        return from().getVectorSchemaRoot().getSchema();
    }

    @Override
    protected void closeReadSource() {}
}

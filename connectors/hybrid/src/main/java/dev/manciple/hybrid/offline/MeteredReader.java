package dev.manciple.hybrid.offline;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The batches of another reader, in its root, counted as they pass. */
final class MeteredReader extends DerivedReader {
    private final Meter meter;

    MeteredReader(ArrowReader reader, BufferAllocator allocator, Meter meter) {
        super(reader, allocator);
        this.meter = meter;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (!from().loadNextBatch()) {
            return false;
        }
        long bytes = 0;
        for (FieldVector vector : from().getVectorSchemaRoot().getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        meter.add(bytes);
        return true;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return getVectorSchemaRoot().getSchema();
    }
}

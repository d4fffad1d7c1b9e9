package dev.manciple.hybrid.offline;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The batches of another reader, in its root, counted as they pass. */
final class MeteredReader extends ArrowReader {
    private final ArrowReader reader;
    private final Meter meter;

    MeteredReader(ArrowReader reader, BufferAllocator allocator, Meter meter) {
        super(allocator);
        this.reader = reader;
        this.meter = meter;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (!reader.loadNextBatch()) {
            return false;
        }
        long bytes = 0;
        for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        meter.add(bytes);
        return true;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return reader.getVectorSchemaRoot();
    }

    @Override
    public Map<Long, Dictionary> getDictionaryVectors() throws IOException {
        return reader.getDictionaryVectors();
    }

    @Override
    public @Nullable Dictionary lookup(long id) {
        return reader.lookup(id);
    }

    @Override
    public Set<Long> getDictionaryIds() {
        return reader.getDictionaryIds();
    }

    @Override
    public long bytesRead() {
        return reader.bytesRead();
    }

    @Override
    protected Schema readSchema() throws IOException {
        return getVectorSchemaRoot().getSchema();
    }

    @Override
    protected void closeReadSource() throws IOException {
        reader.close();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    @Override
    public void close(boolean closeReadSource) throws IOException {
        reader.close(closeReadSource);
    }
}

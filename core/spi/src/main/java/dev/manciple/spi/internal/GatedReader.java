package dev.manciple.spi.internal;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The batches of another reader, in its root. All that may fail passes a gate, which says whose failure it is. */
public final class GatedReader extends ArrowReader {
    private final ArrowReader reader;
    private final Gate gate;

    /** What every call of the other reader passes. */
    public interface Gate {
        /** Makes the call, and turns what it throws into one of Manciple's exceptions. */
        <T> T pass(Callable<T> call);
    }

    /**
     * @param reader closed with this one
     * @param allocator the one of its batches
     */
    public GatedReader(ArrowReader reader, BufferAllocator allocator, Gate gate) {
        super(allocator);
        this.reader = reader;
        this.gate = gate;
    }

    @Override
    public boolean loadNextBatch() {
        return gate.pass(reader::loadNextBatch);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        return gate.pass(reader::getVectorSchemaRoot);
    }

    @Override
    public Map<Long, Dictionary> getDictionaryVectors() {
        return gate.pass(reader::getDictionaryVectors);
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
    protected Schema readSchema() {
        return getVectorSchemaRoot().getSchema();
    }

    @Override
    protected void closeReadSource() {
        close();
    }

    @Override
    public void close() {
        close(true);
    }

    @Override
    public void close(boolean closeReadSource) {
        gate.pass(() -> {
            reader.close(closeReadSource);
            return true;
        });
    }
}

package dev.manciple.hybrid.offline;

import dev.manciple.error.StoreException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The batches of a child's reader, in its root; a failure of a later one names the child as one of the first does. */
final class ChildReader extends ArrowReader {
    private final ArrowReader reader;
    private final ChildStore child;
    private final String attempted;

    ChildReader(ArrowReader reader, BufferAllocator allocator, ChildStore child, String attempted) {
        super(allocator);
        this.reader = reader;
        this.child = child;
        this.attempted = attempted;
    }

    @Override
    public boolean loadNextBatch() {
        return guarded(reader::loadNextBatch);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
        return guarded(reader::getVectorSchemaRoot);
    }

    @Override
    public Map<Long, Dictionary> getDictionaryVectors() {
        return guarded(reader::getDictionaryVectors);
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
        guarded(() -> {
            reader.close(closeReadSource);
            return true;
        });
    }

    private <T> T guarded(Callable<T> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw child.named(e, attempted, StoreException.Outcome.NOT_APPLIED);
        }
    }
}

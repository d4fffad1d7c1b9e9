package dev.manciple.plugin;

import dev.manciple.error.FeatureStoreException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Hands out the batches of another reader, in its root, and names the store when one of them fails. */
final class GuardedReader extends ArrowReader {
    private final ArrowReader reader;
    private final Guard guard;
    private final String attempted;

    GuardedReader(ArrowReader reader, BufferAllocator allocator, Guard guard, String attempted) {
        super(allocator);
        this.reader = reader;
        this.guard = guard;
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
        guarded(() -> {
            reader.close();
            return true;
        });
    }

    @Override
    public void close() {
        closeReadSource();
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
            return guard.asPlugin(call);
        } catch (FeatureStoreException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw guard.failure(attempted, e);
        } catch (Exception e) {
            throw guard.failure(attempted, e);
        }
    }
}

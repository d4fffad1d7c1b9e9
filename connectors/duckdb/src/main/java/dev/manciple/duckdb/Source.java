package dev.manciple.duckdb;

import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into the engine. Exporting a reader hands over its ownership, and the engine reports what goes wrong in it as
 * text; this one stays the caller's to close and remembers the failure itself.
 */
final class Source extends ArrowReader {
    private final ArrowReader rows;
    private @Nullable RuntimeException failure;

    Source(ArrowReader rows, BufferAllocator allocator) {
        super(allocator);
        this.rows = rows;
    }

    /** What stopped the rows, if anything did. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return rows.getVectorSchemaRoot();
    }

    @Override
    public Dictionary lookup(long id) {
        return rows.lookup(id);
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        try {
            return rows.loadNextBatch();
        } catch (IOException e) {
            failure = DuckDbSession.failed(e, "read the rows given");
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public long bytesRead() {
        return rows.bytesRead();
    }

    @Override
    public void close() {}

    @Override
    public void close(boolean closeReadSource) {}

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() throws IOException {
        return rows.getVectorSchemaRoot().getSchema();
    }
}

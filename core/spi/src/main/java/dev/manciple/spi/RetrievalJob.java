package dev.manciple.spi;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A retrieval that has been planned and not run. Immutable, may be opened any number of times, also concurrently. */
public interface RetrievalJob {
    /** Column names and types of the result; must not run the retrieval. */
    Schema schema();

    /**
     * Runs it. The caller closes the reader; closing early cancels the work as far as the engine can. A failure while batches
     * are pulled is a {@code StoreException} like any other.
     *
     * @param allocator owns the batches; not closed by the job
     */
    ArrowReader open(BufferAllocator allocator);

    /** The text that will run, where there is one. */
    default Optional<String> sql() {
        return Optional.empty();
    }

    /** What will run, on which store, and what it will read where the engine can tell. Runs nothing. */
    Explanation explain();

    /**
     * Lets the engine write the result without passing it through this process: to a table of its own (needs PERSIST) or to
     * files at a URI (needs REMOTE_EXPORT). Row order is unspecified. An existing target is refused unless {@code overwrite};
     * a failure leaves the target as it was.
     */
    default WriteReport writeTo(SourceLocation target, boolean overwrite) {
        throw new UnsupportedException(OfflineCapability.REMOTE_EXPORT.name(), "writing a result by the engine itself");
    }

    /** Writes the result as a saved dataset's storage. */
    default void persist(DataSource.Batch target, boolean overwrite) {
        writeTo(target.location(), overwrite);
    }
}

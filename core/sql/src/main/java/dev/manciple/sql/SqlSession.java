package dev.manciple.sql;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * One conversation with an engine: what it creates for itself is gone when it closes. Not thread-safe. Every failure is one of
 * Manciple's own exceptions.
 */
public interface SqlSession extends AutoCloseable {
    void execute(Sql statement);

    /**
     * Streams the rows of a query. Closing the reader early cancels the query. At most one reader is open at a time.
     *
     * @param allocator owns the batches
     */
    ArrowReader query(Sql query, BufferAllocator allocator);

    /** Creates a relation for the session from rows, in their order. Reads them all and does not close the reader. */
    void load(Sql relation, ArrowReader rows);

    @Override
    void close();
}

package dev.manciple.sql;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

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

    /**
     * As {@link #query(Sql, BufferAllocator)}, for rows of which more is known than the engine can tell.
     *
     * @param expected the columns in order, under the types in which they travel; an engine whose own types are as many need not look
     */
    default ArrowReader query(Sql query, Schema expected, BufferAllocator allocator) {
        return query(query, allocator);
    }

    /** Creates a relation for the session from rows, in their order. Reads them all and does not close the reader. */
    void load(Sql relation, ArrowReader rows);

    /**
     * As {@link #load}, for entity rows that one {@link Script#divisible} query is about to read, which comes next: an engine that works on a
     * query with one processor may keep them in parts, each of which is asked for its rows. Where the query gives rows in the order of
     * the entity rows, so does its reader.
     */
    default void loadInParts(Sql relation, ArrowReader rows) {
        load(relation, rows);
    }

    @Override
    void close();
}

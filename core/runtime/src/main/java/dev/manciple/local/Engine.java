package dev.manciple.local;

import dev.manciple.duckdb.LocalEngine;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.ValueType;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB, loaded when it is first needed: the only class of the runtime that names the connector, so that a service that only
 * reads online features runs without its jar. Thread-safe; close it.
 */
public final class Engine implements AutoCloseable {
    private final BufferAllocator allocator;
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable LocalEngine started;

    /** @param allocator for rows on their way into the engine; not closed */
    public Engine(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * The columns of a Parquet, CSV or Arrow file.
     *
     * @param types of CSV columns, where the text alone does not tell; names the file lacks do not matter
     */
    public Schema schema(Path file, String format, Map<String, ValueType> types) {
        try {
            return engine().describeFile(file.toString(), format, types);
        } catch (NoClassDefFoundError e) {
            throw missing(e);
        }
    }

    /**
     * The rows of a Parquet, CSV or Arrow file, in order. The caller closes the reader.
     *
     * @param types as for {@link #schema}
     * @param batches owns the batches
     */
    public ArrowReader read(Path file, String format, Map<String, ValueType> types, BufferAllocator batches) {
        try {
            return engine().readFile(file.toString(), format, types, batches);
        } catch (NoClassDefFoundError e) {
            throw missing(e);
        }
    }

    /**
     * Writes the rows that are left to a file, which appears, or replaces one of that name if that is allowed, only when it is
     * complete; returns how many. Does not close the reader.
     */
    public long write(ArrowReader rows, Path file, String format, boolean overwrite) {
        try {
            return engine().writeFile(rows, file, format, overwrite);
        } catch (NoClassDefFoundError e) {
            throw missing(e);
        }
    }

    /**
     * The rows of a reader with more columns, in the same order. The caller closes the result.
     *
     * @param rows read to the end, not closed
     * @param expressions column name to a scalar SQL expression over the columns of the rows
     * @param batches owns the batches
     */
    public ArrowReader project(ArrowReader rows, Map<String, String> expressions, BufferAllocator batches) {
        try {
            return engine().project(rows, expressions, batches);
        } catch (NoClassDefFoundError e) {
            throw missing(e);
        }
    }

    /** For rows on their way into the engine. */
    public BufferAllocator allocator() {
        return allocator;
    }

    private static UnsupportedException missing(NoClassDefFoundError cause) {
        UnsupportedException missing = new UnsupportedException(
                "Manciple",
                "LOCAL_ENGINE",
                "files and SQL expressions without the DuckDB connector: add manciple-duckdb to the class path");
        missing.addSuppressed(cause);
        return missing;
    }

    private LocalEngine engine() {
        starting.lock();
        try {
            if (started == null) {
                started = new LocalEngine(allocator);
            }
            return started;
        } finally {
            starting.unlock();
        }
    }

    @Override
    public void close() {
        starting.lock();
        try {
            if (started != null) {
                started.close();
                started = null;
            }
        } finally {
            starting.unlock();
        }
    }
}

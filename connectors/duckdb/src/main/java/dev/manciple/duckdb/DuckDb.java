package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.Lease;
import dev.manciple.spi.internal.Trees;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * One embedded engine, started on first use: an in-memory database with a memory limit, a folder to spill to, and no way to
 * fetch extensions from the network. Thread-safe. Sessions are connections of their own, with temporary tables of their own.
 */
final class DuckDb implements AutoCloseable {
    static final String NAME = "DuckDB";

    private static final String SPILL = "manciple-duckdb-";

    private final DuckDbConfig config;
    private final Optional<Database> database;
    private final Path spills;
    private final Path spill;
    private final ReentrantLock starting = new ReentrantLock();
    private final EngineCalls calls = new EngineCalls();
    private final Set<DuckDbSession> sessions = ConcurrentHashMap.newKeySet();
    private @Nullable DuckDBConnection root;
    private boolean closed;

    /** @param folder where relative paths of the configuration start */
    DuckDb(DuckDbConfig config, Path folder) {
        this(config, folder, Database.PATIENCE);
    }

    /**
     * @param folder where relative paths of the configuration start
     * @param patience how long a first write to the database waits for those who read it
     */
    DuckDb(DuckDbConfig config, Path folder, Duration patience) {
        this.config = config;
        this.database = config.database().map(folder::resolve).map(file -> new Database(file, patience));
        this.spills = config.tempDirectory()
                .map(folder::resolve)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
        this.spill = spills.resolve(SPILL + Lease.newName());
    }

    /** @param allocator for rows on their way into the engine */
    DuckDbSession session(BufferAllocator allocator) {
        try {
            DuckDbSession session = new DuckDbSession(root().duplicate(), allocator, calls, database, sessions::remove);
            sessions.add(session);
            return session;
        } catch (SQLException e) {
            throw new StoreException(NAME, "open a session", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private DuckDBConnection root() throws SQLException {
        starting.lock();
        try {
            if (closed) {
                throw new SQLException("the store is closed");
            }
            if (root == null) {
                root = start();
            }
            return root;
        } finally {
            starting.unlock();
        }
    }

    private DuckDBConnection start() throws SQLException {
        Lease.sweep(spills, SPILL, "");
        Properties settings = new Properties();
        settings.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        settings.setProperty("memory_limit", config.memoryLimit());
        config.maxTempDirectorySize().ifPresent(size -> settings.setProperty("max_temp_directory_size", size));
        settings.setProperty("temp_directory", spill.toString());
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        config.threads().ifPresent(count -> settings.setProperty("threads", count.toString()));
        DuckDBConnection connection =
                new DuckDBDriver().connect("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
        try (Statement statement = connection.createStatement()) {
            // Not a setting of the start: it belongs to an extension that is loaded by then only.
            statement.execute("SET GLOBAL TimeZone = 'UTC'");
            return connection;
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** The schema that tables of sources are looked up in; empty where no database is configured. */
    Optional<Sql> database() {
        return database.map(any -> Sql.quoted(Database.NAME, '"'));
    }

    /** Whether nothing of the engine is left. */
    boolean isClosed() {
        starting.lock();
        try {
            return closed;
        } finally {
            starting.unlock();
        }
    }

    @Override
    public void close() {
        starting.lock();
        try (calls) {
            closed = true;
            sessions.forEach(DuckDbSession::close);
            if (root != null) {
                root.close();
                root = null;
            }
            Trees.delete(spill);
        } catch (SQLException | IOException e) {
            throw new StoreException(NAME, "close", false, StoreException.Outcome.NOT_APPLIED, e);
        } finally {
            starting.unlock();
        }
    }
}

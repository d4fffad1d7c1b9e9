package dev.manciple.duckdb;

import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The database file of a configuration, attached for reading until something is first written to it: any number of processes
 * may read a file at once, but who writes it has it alone. The engine goes from one to the other only while nothing reads, so
 * whoever reads says so by a {@link Use}. Thread-safe.
 */
final class Database {
    /** What the engine calls it, whatever the file is called. */
    static final String NAME = "attached";

    /** How long a first write waits for those who read. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int EVERYBODY = Integer.MAX_VALUE;

    private static final Pattern HELD_BY_PROCESS = Pattern.compile("Conflicting lock is held in .*\\(PID (\\d+)\\)");
    private static final String HELD_HERE = "Unique file handle conflict";
    private static final Pattern SYSTEM_SAYS = Pattern.compile("Cannot open file \"[^\"]*\": (.+)");

    private enum Mode {
        DETACHED,
        READING,
        WRITING
    }

    private final Path file;
    private final Duration patience;
    private final ReentrantLock attaching = new ReentrantLock();

    /** Not fair on purpose: a reader that waited behind a writer could be one that the writer waits for. */
    private final Semaphore uses = new Semaphore(EVERYBODY);

    private volatile Mode mode = Mode.DETACHED;

    /** @param patience see {@link #PATIENCE} */
    Database(Path file, Duration patience) {
        this.file = file;
        this.patience = patience;
    }

    /** Something that reads or writes, from before its statement starts until after its last row. Closing it again does nothing. */
    interface Use extends AutoCloseable {
        Use OF_NOTHING = () -> {};

        @Override
        void close();
    }

    /**
     * Attaches the database if it is not, and keeps it as it is meanwhile.
     *
     * @throws NotFoundException where there is no such file
     * @throws StoreException where the file cannot be read, or another process writes it
     */
    Use use(Connection connection) {
        uses.acquireUninterruptibly();
        AtomicBoolean open = new AtomicBoolean(true);
        Use use = () -> {
            if (open.getAndSet(false)) {
                uses.release();
            }
        };
        try {
            attachForReading(connection);
            return use;
        } catch (RuntimeException | Error e) {
            use.close();
            throw e;
        }
    }

    private void attachForReading(Connection connection) {
        attaching.lock();
        try {
            if (mode == Mode.DETACHED) {
                attach(connection, Mode.READING);
            }
        } finally {
            attaching.unlock();
        }
    }

    /** Whether statements may write; once they may, they always may. */
    boolean isWritable() {
        return mode == Mode.WRITING;
    }

    /**
     * Lets statements write from now on. The caller has no use open, nor a reader that does.
     *
     * @throws StoreException where results are read from it all the time, another process has it open, or the file cannot be
     *     written; it can be read as before
     */
    void openForWriting(Connection connection) {
        try {
            if (!uses.tryAcquire(EVERYBODY, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed(
                        Mode.WRITING,
                        true,
                        new SQLException("results are still being read from it; try again when they are closed"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(Mode.WRITING, true, new SQLException("the thread was interrupted", e));
        }
        try {
            if (mode != Mode.WRITING) {
                reopenForWriting(connection);
            }
        } finally {
            uses.release(EVERYBODY);
        }
    }

    private void reopenForWriting(Connection connection) {
        detach(connection);
        try {
            attach(connection, Mode.WRITING);
        } catch (RuntimeException e) {
            try {
                attachForReading(connection);
            } catch (RuntimeException again) {
                // The next use tries once more, and tells.
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void detach(Connection connection) {
        if (mode == Mode.READING) {
            execute(connection, Sql.of("DETACH {}", Sql.quoted(NAME, '"')), Mode.WRITING);
            mode = Mode.DETACHED;
        }
    }

    private void attach(Connection connection, Mode wanted) {
        requireFile();
        Sql options = wanted == Mode.WRITING ? Sql.of("") : Sql.of(" (READ_ONLY)");
        execute(
                connection,
                Sql.of("ATTACH {} AS {}{}", Sql.literal(file.toString()), Sql.quoted(NAME, '"'), options),
                wanted);
        mode = wanted;
    }

    /** The engine would make an empty one of a name that is misspelt. */
    private void requireFile() {
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException(
                    "The DuckDB database",
                    file.toString(),
                    "Correct 'database' of the offline store, or create the file first");
        }
    }

    private void execute(Connection connection, Sql sql, Mode wanted) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.text());
        } catch (SQLException e) {
            throw explained(e, wanted);
        }
    }

    private StoreException explained(SQLException e, Mode wanted) {
        String message = Objects.requireNonNullElse(e.getMessage(), "");
        Matcher process = HELD_BY_PROCESS.matcher(message);
        if (process.find()) {
            String other = "process %s has it open%s; try again when that has closed it"
                    .formatted(process.group(1), wanted == Mode.WRITING ? "" : " for writing");
            return failed(wanted, true, new SQLException(other, e));
        }
        if (message.contains(HELD_HERE)) {
            return failed(
                    wanted, true, new SQLException("another store of this process has it open; close that first", e));
        }
        Matcher said = SYSTEM_SAYS.matcher(message);
        return failed(
                wanted, false, said.find() ? new SQLException(said.group(1).strip(), e) : e);
    }

    private StoreException failed(Mode wanted, boolean retryable, SQLException cause) {
        return new StoreException(
                DuckDb.NAME,
                "open the database '%s' for %s".formatted(file, wanted == Mode.WRITING ? "writing" : "reading"),
                retryable,
                StoreException.Outcome.NOT_APPLIED,
                cause);
    }
}

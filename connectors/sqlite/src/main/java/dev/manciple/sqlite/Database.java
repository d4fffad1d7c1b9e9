package dev.manciple.sqlite;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The file and the sessions open on it: one that writes, since SQLite lets one write at a time, and a bounded number that
 * read. Nothing is opened before first use, and a read never creates the file.
 */
final class Database implements AutoCloseable {
    /** Work on a session. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    private static final long READER_MMAP_BYTES = 1L << 28;

    private final Path file;
    private final Duration busyTimeout;
    private final ReentrantLock writing = new ReentrantLock();
    private final Semaphore readers;
    private final ReentrantLock idleLock = new ReentrantLock();
    private final Deque<Session> idle = new ArrayDeque<>();
    private @Nullable Session writer;
    private volatile boolean closed;

    Database(Path file, Duration busyTimeout, int maxReaders) {
        this.file = file;
        this.busyTimeout = busyTimeout;
        // Those who come later would else overtake those who wait, again and again under load.
        this.readers = new Semaphore(maxReaders, true);
    }

    Path file() {
        return file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Runs {@code work} in a transaction that is committed if it returns and undone if it throws. */
    <T> T write(String attempted, Work<T> work) {
        await(attempted, writing::lockInterruptibly);
        try {
            Session session = writer();
            // Taking the write lock at once: a transaction that starts by reading cannot wait for another process to
            // finish.
            session.execute("BEGIN IMMEDIATE");
            try {
                T result = work.run(session);
                session.execute("COMMIT");
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollback(session, e);
                throw e;
            }
        } catch (SQLException e) {
            throw failure(attempted, e);
        } finally {
            writing.unlock();
        }
    }

    <T> T read(String attempted, Work<T> work) {
        Session session = borrow(attempted);
        try {
            return work.run(session);
        } catch (SQLException e) {
            throw failure(attempted, e);
        } finally {
            giveBack(session);
        }
    }

    /** A reading session of the caller's own, to be given back. */
    Session borrow(String attempted) {
        await(attempted, readers::acquire);
        try {
            return idleOrNew();
        } catch (SQLException e) {
            readers.release();
            throw failure(attempted, e);
        } catch (RuntimeException e) {
            readers.release();
            throw e;
        }
    }

    private interface Turn {
        void await() throws InterruptedException;
    }

    private void await(String attempted, Turn turn) {
        try {
            turn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    store(),
                    attempted,
                    true,
                    Outcome.NOT_APPLIED,
                    new SQLException("interrupted while waiting for its turn", e));
        }
    }

    void giveBack(Session session) {
        idleLock.lock();
        try {
            if (closed) {
                closeQuietly(session);
            } else {
                idle.push(session);
            }
        } finally {
            idleLock.unlock();
            readers.release();
        }
    }

    StoreException failure(String attempted, SQLException e) {
        SQLiteErrorCode code = e instanceof SQLiteException sqlite ? primary(sqlite) : SQLiteErrorCode.UNKNOWN_ERROR;
        String advice = switch (code) {
            case SQLITE_BUSY ->
                "another process has been writing for longer than busy_timeout, %s. Try again, or wait longer"
                        .formatted(busyTimeout);
            case SQLITE_FULL -> "the disk is full. Make room and try again; what was there before is unharmed";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
                "the file or its folder may not be opened or written to, which readers have to as well once Manciple has written to it. Check the permissions of both";
            case SQLITE_NOTADB -> "the file is not a SQLite database. Let 'path' of the online store name another file";
            case SQLITE_CORRUPT -> "the file is damaged. Restore it, or delete it, apply and materialize again";
            default -> "";
        };
        return new StoreException(
                store(),
                attempted,
                code == SQLiteErrorCode.SQLITE_BUSY,
                Outcome.NOT_APPLIED,
                advice.isEmpty() ? e : new SQLException("%s (%s)".formatted(advice, e.getMessage()), e));
    }

    /** Extended codes have more in their higher bytes. */
    private static SQLiteErrorCode primary(SQLiteException e) {
        return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff);
    }

    private String store() {
        return "SQLite store '%s'".formatted(file);
    }

    /** Waits for running writes; reads still running fail or finish, and their sessions are closed as they come back. */
    @Override
    public void close() {
        writing.lock();
        idleLock.lock();
        try {
            closed = true;
            idle.forEach(Database::closeQuietly);
            idle.clear();
            if (writer != null) {
                closeQuietly(writer);
                writer = null;
            }
        } finally {
            idleLock.unlock();
            writing.unlock();
        }
    }

    private Session idleOrNew() throws SQLException {
        idleLock.lock();
        try {
            requireOpen();
            Session known = idle.poll();
            if (known != null) {
                return known;
            }
        } finally {
            idleLock.unlock();
        }
        return open(true);
    }

    private Session writer() throws SQLException {
        requireOpen();
        if (writer == null) {
            createFolder();
            writer = open(false);
        }
        return writer;
    }

    private Session open(boolean reader) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(Math.min(busyTimeout.toMillis(), Integer.MAX_VALUE)));
        if (reader) {
            config.setReadOnly(true);
            config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, Long.toString(READER_MMAP_BYTES));
        } else {
            // Readers go on while a batch is written, and an acknowledged batch survives a power cut.
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        }
        return new Session(config.createConnection("jdbc:sqlite:" + file));
    }

    private void createFolder() {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StoreException(
                    store(), "create its folder", false, Outcome.NOT_APPLIED, new UncheckedIOException(e));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new InvalidRequestException("The SQLite store '%s' is closed".formatted(file));
        }
    }

    private static void rollback(Session session, Throwable cause) {
        try {
            session.execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void closeQuietly(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            // Nothing was lost: every write was committed before its caller was told.
            System.getLogger(Database.class.getName()).log(System.Logger.Level.DEBUG, "Closing a session failed", e);
        }
    }
}

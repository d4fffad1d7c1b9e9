package dev.manciple.sql.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A connection while somebody works with it, whom another thread may tell the server to stop. Thread-safe. */
final class Loan {
    static final String CANCELED = "57014";

    private final ConnectionPool.Stop stop;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection used;
    private boolean begun;
    private boolean stopped;

    Loan(ConnectionPool.Stop stop) {
        this.stop = stop;
    }

    <T> T use(Connection connection, ConnectionPool.Work<T> work) throws SQLException {
        begin(connection);
        try {
            return work.on(connection);
        } finally {
            if (end()) {
                hearTheLast(connection);
            }
        }
    }

    private void begin(Connection connection) throws SQLException {
        lock.lock();
        try {
            if (stopped) {
                throw new SQLTransientConnectionException("it was interrupted", CANCELED);
            }
            used = connection;
            begun = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the server was told to stop. From here on it is told no more, as it would stop somebody else. */
    private boolean end() {
        lock.lock();
        try {
            used = null;
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** The server may have been told when it was done already, and then stops the next statement, which this one is. */
    private static void hearTheLast(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException e) {
            // It is this that was stopped, or the connection is gone, which its pool finds out.
            return;
        }
    }

    /** Lets no work begin from here on; whether some has begun. */
    boolean stopWorking() {
        lock.lock();
        try {
            stopped = true;
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Tells the server to end what the work waits for, if it is not over. */
    void tellServer() {
        lock.lock();
        try {
            if (used != null) {
                stop.stop(used);
            }
        } catch (SQLException e) {
            // Then the server cannot be reached, and the connection is given up soon.
            return;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connection under work that is not over, so that its place is free for another one. */
    void abandon() {
        lock.lock();
        try {
            if (used != null) {
                used.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // It is closed already.
            return;
        } finally {
            lock.unlock();
        }
    }
}

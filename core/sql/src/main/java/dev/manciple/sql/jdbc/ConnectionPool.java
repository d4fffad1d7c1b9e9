package dev.manciple.sql.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server, opened when first needed and used again. A server that is gone is told at once, whatever the time
 * there is to wait, and is used again as soon as it is back. Thread-safe.
 */
public final class ConnectionPool implements AutoCloseable {
    /** Connects without the pool, which would go on asking with a wrong password until its time is up. */
    public interface Probe {
        void connect() throws SQLException;
    }

    /** Work on a connection that is lent. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Tells the server, over a connection of its own, to end what another connection waits for. */
    public interface Stop {
        void stop(Connection waiting) throws SQLException;
    }

    /** Nobody knows whether what a transaction changed counts: it was lost sight of, or its end failed. */
    public static final class UncertainException extends SQLException {
        private static final long serialVersionUID = 1;

        private final SQLException reason;

        UncertainException(SQLException reason) {
            super(reason);
            this.reason = reason;
        }

        /** As the driver has it, or the pool. */
        public SQLException reason() {
            return reason;
        }
    }

    /** Whoever lent a connection has gone on, and the work may end or not. */
    static final class AbandonedException extends SQLTransientConnectionException {
        private static final long serialVersionUID = 1;

        AbandonedException(Exception cause) {
            super("it was interrupted, and the server did not end what it was at", CONNECTION_FAILED, cause);
        }
    }

    /** The code of SQLSTATE with which {@link #borrow} fails while others use all connections. */
    public static final String ALL_IN_USE = "53300";

    private static final String CONNECTION_FAILED = "08006";

    /** How long who is interrupted waits for the server to stop, which takes it a moment where it is well. */
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(1);

    private static final Duration BETWEEN_STOPS = Duration.ofMillis(50);

    /** The code of SQLSTATE for a connection that does not come about. */
    private static final String NO_CONNECTION = "08001";

    /**
     * How long HikariCP is left to look for a server that is gone, which it does ever less often. If it has no connection by then it
     * is given up, and who comes next asks the server without it: he learns at once that it is still gone, or that it is back.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** HikariCP waits for no less. */
    private static final long LEAST_WAIT_MILLIS = 250;

    private final HikariConfig settings;
    private final Probe probe;
    private final Stop stop;
    private final Duration limit;
    private final ReentrantLock opening = new ReentrantLock();
    private final AtomicReference<@Nullable HikariDataSource> opened = new AtomicReference<>();
    private boolean closed;

    /**
     * @param settings how to connect, and how many connections there may be; how long to wait for one is set here
     * @param stop how an interrupt of a thread ends what the server does for it
     * @param limit how long to wait for a connection, also for one that others are using
     */
    public ConnectionPool(HikariConfig settings, Probe probe, Stop stop, Duration limit) {
        this.settings = settings;
        this.probe = probe;
        this.stop = stop;
        this.limit = limit;
        settings.setConnectionTimeout(Math.clamp(limit.toMillis(), LEAST_WAIT_MILLIS, PATIENCE.toMillis()));
        settings.setInitializationFailTimeout(-1);
    }

    /**
     * A connection that commits each statement; the caller closes it, which gives it back.
     *
     * @param silence how long the server may be silent before the connection is given up; zero for ever
     * @throws SQLException as the driver has it; {@link #ALL_IN_USE} after waiting in vain for others
     */
    public Connection borrow(Duration silence) throws SQLException {
        Connection connection = borrow();
        try {
            // Of its two arguments drivers use the time only.
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(silence.toMillis()));
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /**
     * Lends a connection, that commits each statement, to some work. The work has a thread of its own: an interrupt of a virtual
     * thread would close the connection it reads from, and leave the server at its work, with no limit to how many. An interrupt
     * of the caller ends the statement in the server instead, after which the connection is as good as before.
     *
     * @param silence how long the server may be silent before the connection is given up; zero for ever
     * @throws SQLException as of {@link #borrow} and the work; if the caller is interrupted and the work does not end soon
     */
    public <T> T lend(Duration silence, Work<T> work) throws SQLException {
        Loan loan = new Loan(stop);
        FutureTask<T> task = new FutureTask<>(() -> {
            try (Connection connection = borrow(silence)) {
                return loan.use(connection, work);
            }
        });
        Thread.ofVirtual().name("connection").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            try {
                return stopped(task, loan);
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * As {@link #lend} for work in a transaction, which is committed if the work returns and undone if it throws.
     *
     * @throws UncertainException if the changes may count or not; after any other SQLException they do not
     */
    public <T> T transact(Duration silence, Work<T> work) throws SQLException {
        AtomicBoolean committing = new AtomicBoolean();
        try {
            return lend(silence, connection -> inTransaction(connection, work, committing));
        } catch (AbandonedException e) {
            throw new UncertainException(e);
        } catch (SQLException e) {
            throw committing.get() ? new UncertainException(e) : e;
        }
    }

    private static <T> T inTransaction(Connection connection, Work<T> work, AtomicBoolean committing)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            T done = work.on(connection);
            committing.set(true);
            connection.commit();
            return done;
        } catch (SQLException | RuntimeException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    private static void rollBack(Connection connection, Exception reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static <T> T stopped(FutureTask<T> task, Loan loan) throws SQLException {
        if (!loan.stopWorking()) {
            throw new SQLTransientConnectionException("it was interrupted before it began", Loan.CANCELED);
        }
        long deadline = System.nanoTime() + STOPS_WITHIN.toNanos();
        // In a thread of its own: where the server cannot be reached, telling it takes longer than anybody here waits.
        Thread.ofVirtual().name("stop").start(() -> end(task, loan, deadline));
        try {
            return task.get(STOPS_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException | InterruptedException e) {
            throw new AbandonedException(e);
        }
    }

    /** Tells the server again and again, as it may be told between two statements; then gives the connection up. */
    private static void end(FutureTask<?> task, Loan loan, long deadline) {
        while (!task.isDone() && System.nanoTime() < deadline) {
            loan.tellServer();
            LockSupport.parkNanos(BETWEEN_STOPS.toNanos());
        }
        loan.abandon();
    }

    /** The failure of the work that a caller is to catch; any other is thrown at once. */
    private static SQLException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case SQLException failure -> failure;
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> throw new IllegalStateException(e);
        };
    }

    private Connection borrow() throws SQLException {
        long began = System.nanoTime();
        while (true) {
            HikariDataSource from = open();
            try {
                return from.getConnection();
            } catch (SQLException e) {
                giveUpIfGone(from, e);
                boolean again = !from.equals(opened.get()) || e instanceof SQLTransientConnectionException;
                if (!again || System.nanoTime() - began >= limit.toNanos()) {
                    throw reason(from, e);
                }
            }
        }
    }

    /** A pool without connections whose last attempt failed, rather than is slow, makes way for another. */
    private void giveUpIfGone(HikariDataSource asked, SQLException failure) {
        boolean gone = failure.getCause() != null && asked.getHikariPoolMXBean().getTotalConnections() == 0;
        if (gone && opened.compareAndSet(asked, null)) {
            // It waits for an attempt that is under way, for which nobody here has the time.
            Thread.startVirtualThread(asked::close);
        }
    }

    /** HikariCP only says that it waited in vain; why is in what it keeps of its last attempt, if that is over. */
    private SQLException reason(HikariDataSource asked, SQLException inVain) {
        for (Throwable cause = inVain.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException reason) {
                return reason;
            }
        }
        if (!(inVain instanceof SQLTransientConnectionException)) {
            return inVain;
        }
        int connections = asked.getHikariPoolMXBean().getTotalConnections();
        return connections == settings.getMaximumPoolSize()
                ? new SQLTransientConnectionException(
                        "all %d connections were in use for %d ms".formatted(connections, limit.toMillis()),
                        ALL_IN_USE,
                        inVain)
                : new SQLTransientConnectionException(
                        "no connection came about within %d ms".formatted(limit.toMillis()), NO_CONNECTION, inVain);
    }

    private HikariDataSource open() throws SQLException {
        HikariDataSource known = opened.get();
        if (known != null) {
            return known;
        }
        lock();
        try {
            if (closed) {
                throw new SQLException("the store is closed");
            }
            HikariDataSource first = opened.get();
            if (first == null) {
                probe.connect();
                first = new HikariDataSource(settings);
                opened.set(first);
            }
            return first;
        } finally {
            opening.unlock();
        }
    }

    private void lock() throws SQLException {
        try {
            if (!opening.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLTransientConnectionException("others wait for a first connection too", NO_CONNECTION);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("it was interrupted", NO_CONNECTION, e);
        }
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            HikariDataSource pool = opened.getAndSet(null);
            if (pool != null) {
                pool.close();
            }
        } finally {
            opening.unlock();
        }
    }
}

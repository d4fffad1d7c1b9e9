package dev.manciple.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connections of an online store, opened when first needed and used again. Thread-safe. */
final class ConnectionPool implements AutoCloseable {
    /**
     * How long the pool is left to look for a server that is gone, which it does ever less often. If it has no connection by then it
     * is given up, and who comes next asks the server without it: he learns at once that it is still gone, or that it is back.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** The pool waits for no less. */
    private static final long LEAST_WAIT_MILLIS = 250;

    /** The code of SQLSTATE for a connection that does not come about. */
    private static final String NO_CONNECTION = "08001";

    private final Postgres server;
    private final PostgresOnlineConfig config;
    private final ReentrantLock starting = new ReentrantLock();
    private final AtomicReference<@Nullable HikariDataSource> pool = new AtomicReference<>();
    private boolean closed;

    ConnectionPool(Postgres server, PostgresOnlineConfig config) {
        this.server = server;
        this.config = config;
    }

    /**
     * A connection that commits each statement; the caller closes it, which gives it back.
     *
     * @param silence how long the server may be silent before the connection is given up; zero for ever
     */
    Connection borrow(Duration silence) throws SQLException {
        Connection connection = borrow();
        try {
            // Of its two arguments the driver uses the time only.
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(silence.toMillis()));
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private Connection borrow() throws SQLException {
        long began = System.nanoTime();
        while (true) {
            HikariDataSource from = started();
            try {
                return from.getConnection();
            } catch (SQLException e) {
                giveUpIfGone(from, e);
                boolean again = !from.equals(pool.get()) || e instanceof SQLTransientConnectionException;
                if (!again
                        || System.nanoTime() - began >= config.connectTimeout().toNanos()) {
                    // The pool only says that it waited in vain; why is in what it keeps of the last attempt.
                    throw e.getCause() instanceof SQLException reason ? reason : e;
                }
            }
        }
    }

    /** A pool without connections whose last attempt failed, rather than is slow, makes way for another. */
    private void giveUpIfGone(HikariDataSource asked, SQLException failure) {
        boolean gone = failure.getCause() != null && asked.getHikariPoolMXBean().getTotalConnections() == 0;
        if (gone && pool.compareAndSet(asked, null)) {
            // It waits for an attempt that is under way, for which nobody here has the time.
            Thread.startVirtualThread(asked::close);
        }
    }

    private HikariDataSource started() throws SQLException {
        HikariDataSource running = pool.get();
        if (running != null) {
            return running;
        }
        lock();
        try {
            if (closed) {
                throw new SQLException("the store is closed");
            }
            HikariDataSource existing = pool.get();
            if (existing == null) {
                // Asked without the pool, which would go on asking with a wrong password until its time is up.
                server.connect().close();
                existing = start();
                pool.set(existing);
            }
            return existing;
        } finally {
            starting.unlock();
        }
    }

    private void lock() throws SQLException {
        try {
            if (!starting.tryLock(config.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLTransientConnectionException("others wait for a first connection too", NO_CONNECTION);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("it was interrupted", NO_CONNECTION, e);
        }
    }

    private HikariDataSource start() {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(server.title().replace(':', ' '));
        settings.setDataSource(server.driver());
        settings.setConnectionInitSql(server.settings());
        settings.setMaximumPoolSize(config.maxConn());
        settings.setMinimumIdle(config.connType() == ConnectionType.POOL ? config.minConn() : 0);
        settings.setConnectionTimeout(
                Math.clamp(config.connectTimeout().toMillis(), LEAST_WAIT_MILLIS, PATIENCE.toMillis()));
        settings.setValidationTimeout(Math.clamp(config.connectTimeout().toMillis() / 2, LEAST_WAIT_MILLIS, 5_000));
        settings.setInitializationFailTimeout(-1);
        return new HikariDataSource(settings);
    }

    @Override
    public void close() {
        starting.lock();
        try {
            closed = true;
            HikariDataSource running = pool.getAndSet(null);
            if (running != null) {
                running.close();
            }
        } finally {
            starting.unlock();
        }
    }
}

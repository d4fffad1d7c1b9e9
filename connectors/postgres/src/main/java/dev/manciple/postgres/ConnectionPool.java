package dev.manciple.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connections of an online store, opened when first needed and used again. Thread-safe. */
final class ConnectionPool implements AutoCloseable {
    private final Postgres server;
    private final PostgresOnlineConfig config;
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable HikariDataSource pool;
    private boolean closed;

    ConnectionPool(Postgres server, PostgresOnlineConfig config) {
        this.server = server;
        this.config = config;
    }

    /** A connection that commits each statement; the caller closes it, which gives it back. */
    Connection borrow() throws SQLException {
        try {
            return started().getConnection();
        } catch (SQLException e) {
            // The pool only says that it waited in vain; why is in what it keeps of the last attempt.
            throw e.getCause() instanceof SQLException reason ? reason : e;
        }
    }

    private HikariDataSource started() throws SQLException {
        HikariDataSource running = pool;
        if (running != null) {
            return running;
        }
        starting.lock();
        try {
            if (closed) {
                throw new SQLException("the store is closed");
            }
            HikariDataSource existing = pool;
            if (existing == null) {
                // Asked without the pool, which would go on asking with a wrong password until its time is up.
                server.connect().close();
                existing = start();
                pool = existing;
            }
            return existing;
        } finally {
            starting.unlock();
        }
    }

    private HikariDataSource start() {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(server.title().replace(':', ' '));
        settings.setDataSource(server.driver());
        settings.setConnectionInitSql(server.settings());
        settings.setMaximumPoolSize(config.maxConn());
        settings.setMinimumIdle(config.connType() == ConnectionType.POOL ? config.minConn() : 0);
        settings.setConnectionTimeout(Math.max(250, config.connectTimeout().toMillis()));
        settings.setValidationTimeout(Math.clamp(config.connectTimeout().toMillis() / 2, 250, 5_000));
        settings.setInitializationFailTimeout(-1);
        return new HikariDataSource(settings);
    }

    @Override
    public void close() {
        starting.lock();
        try {
            closed = true;
            HikariDataSource running = pool;
            if (running != null) {
                running.close();
            }
        } finally {
            starting.unlock();
        }
    }
}

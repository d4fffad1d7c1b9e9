package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The sessions of an offline store: a connection each, used again for a few seconds where a session ended as it should, and closed
 * where not, which undoes whatever it was about. At most {@code max_conn} sessions are open; more wait, except for second ones of a session, which
 * do without. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    /** One request soon follows another, such as its description and its plan; a server's processes are not kept from others for longer. */
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final Postgres server;
    private final PostgresOfflineConfig config;
    private final Semaphore free;
    private final IdleConnections idle;
    private final Interrupts interrupts = new Interrupts();
    private final Set<PostgresSession> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Sessions(Postgres server, PostgresOfflineConfig config) {
        this(server, config, KEPT);
    }

    /** @param kept how long a connection is kept that no session uses */
    Sessions(Postgres server, PostgresOfflineConfig config, Duration kept) {
        this.server = server;
        this.config = config;
        this.free = new Semaphore(config.maxConn());
        this.idle = new IdleConnections(config.connectTimeout(), kept);
    }

    /** A new session in a transaction that sees one state of the database; the caller closes it. */
    PostgresSession open() {
        takeTurn();
        try {
            return connect(free::release);
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    /** As {@link #open}, without waiting for others to end, one of which is the caller's own. */
    PostgresSession openBesideOthers() {
        return connect(() -> {});
    }

    /** A second connection for a session, which the session closes. */
    private Optional<PostgresSession> beside(String snapshot) {
        // To wait for it would be to wait for others who may do the same.
        if (closed || !free.tryAcquire()) {
            return Optional.empty();
        }
        PostgresSession session;
        try {
            session = connect(free::release);
        } catch (FeatureStoreException e) {
            // That the server has no second one for us is no failure, as one connection can do all of the work.
            free.release();
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
        try {
            session.execute(Sql.of("SET TRANSACTION SNAPSHOT {}", Sql.literal(snapshot)));
            return Optional.of(session);
        } catch (FeatureStoreException e) {
            // Nor is it where a pool in between has connections to several servers.
            session.close();
            return Optional.empty();
        }
    }

    private PostgresSession connect(Runnable onEnd) {
        try {
            Connection kept = idle.take().orElse(null);
            return session(kept == null ? configured(server.connect()) : kept, onEnd);
        } catch (SQLException e) {
            throw Failures.wrap(server.title(), "connect", StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private Connection configured(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings().text());
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private PostgresSession session(Connection connection, Runnable onEnd) throws SQLException {
        try {
            PostgresSession session =
                    new PostgresSession(connection, server.title(), interrupts, this::beside, (ended, clean) -> {
                        try {
                            if (clean) {
                                idle.keep(connection);
                            }
                        } finally {
                            open.remove(ended);
                            onEnd.run();
                        }
                    });
            open.add(session);
            return session;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /**
     * Few statistics are gathered of temporary tables, which are joined by their keys only and read once: with the server's own
     * target that takes longer than the join.
     */
    private Sql settings() {
        List<Sql> settings = new ArrayList<>(List.of(
                Sql.of("SET jit = off"),
                Sql.of("SET work_mem = {}", Sql.literal(config.workMem())),
                Sql.of("SET default_statistics_target = 10")));
        config.statementTimeout()
                .ifPresent(
                        timeout -> settings.add(Sql.of("SET statement_timeout = {}", Sql.literal(timeout.toMillis()))));
        return Sql.join("; ", settings);
    }

    private void takeTurn() {
        if (closed) {
            throw notOpened("the store is closed");
        }
        try {
            free.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notOpened("the thread was interrupted");
        }
    }

    private StoreException notOpened(String reason) {
        return new StoreException(
                server.title(), "connect", false, StoreException.Outcome.NOT_APPLIED, new SQLException(reason));
    }

    /** Ends what still runs. */
    @Override
    public void close() {
        closed = true;
        idle.close();
        open.forEach(PostgresSession::close);
        interrupts.close();
    }
}

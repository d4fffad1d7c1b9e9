package dev.manciple.mysql;

import com.zaxxer.hikari.HikariConfig;
import dev.manciple.error.ConfigException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.sql.jdbc.ConnectionPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import javax.net.ssl.SSLException;
import org.mariadb.jdbc.Driver;

/** Connections to the server, made as they are needed, and what its errors mean. Thread-safe. */
final class Database implements AutoCloseable {
    /** Writers of the same rows stop each other now and then; the server asks one of them to start again. */
    private static final int ATTEMPTS = 10;

    private static final int ACCESS_DENIED = 1045;
    private static final int NO_PRIVILEGE_ON_DATABASE = 1044;
    private static final int NO_PRIVILEGE_ON_TABLE = 1142;
    private static final int NO_DATABASE = 1049;
    private static final int NO_TABLE = 1146;
    private static final int LOCK_WAIT = 1205;
    private static final int DEADLOCK = 1213;
    private static final int TOO_MANY_CONNECTIONS = 1040;
    private static final int READ_ONLY = 1290;
    private static final int DISK_FULL = 1021;
    private static final int TABLE_FULL = 1114;

    private static final long LEAST_VALIDATION_MILLIS = 250;
    private static final long MOST_VALIDATION_MILLIS = 5_000;

    private final MySqlConfig config;
    private final Path folder;
    private final ConnectionPool pool;

    /** @param folder where relative paths start */
    Database(MySqlConfig config, Path folder) {
        this.config = config;
        this.folder = folder;
        this.pool = new ConnectionPool(
                settings(),
                this::logIn,
                waiting -> waiting.unwrap(org.mariadb.jdbc.Connection.class).cancelCurrentQuery(),
                config.connectTimeout());
    }

    String name() {
        return "MySQL store '%s:%d/%s'".formatted(config.host(), config.port(), config.database());
    }

    <T> T read(String attempted, ConnectionPool.Work<T> work) {
        try {
            return pool.lend(config.timeout(), work);
        } catch (SQLException e) {
            throw failure(attempted, Outcome.NOT_APPLIED, e);
        }
    }

    /** Runs statements that change tables, each of which counts by itself, and takes as long as it takes. */
    <T> T change(String attempted, ConnectionPool.Work<T> work) {
        try {
            return pool.lend(Duration.ZERO, work);
        } catch (SQLException e) {
            throw failure(attempted, Outcome.MAYBE, e);
        }
    }

    /** Runs {@code work} in a transaction that is committed if it returns and undone if it throws; again after a deadlock. */
    <T> T write(String attempted, ConnectionPool.Work<T> work) {
        return write(attempted, config.timeout(), work);
    }

    /** As {@link #write} for work that looks at all rows of a table, and takes as long as it takes. */
    <T> T writeAll(String attempted, ConnectionPool.Work<T> work) {
        return write(attempted, Duration.ZERO, work);
    }

    private <T> T write(String attempted, Duration silence, ConnectionPool.Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return pool.transact(silence, work);
            } catch (ConnectionPool.UncertainException e) {
                requireAnotherAttempt(attempt, attempted, Outcome.MAYBE, e.reason());
            } catch (SQLException e) {
                requireAnotherAttempt(attempt, attempted, Outcome.NOT_APPLIED, e);
            }
        }
    }

    /** Those the server asks to start again have changed nothing, whenever it does. */
    private void requireAnotherAttempt(int attempt, String attempted, Outcome outcome, SQLException e) {
        boolean again = e.getErrorCode() == DEADLOCK || e.getErrorCode() == LOCK_WAIT;
        if (!again || attempt == ATTEMPTS) {
            throw failure(attempted, outcome, e);
        }
    }

    /**
     * A connection of the caller's own, to be closed.
     *
     * @param silence how long the server may be silent before the connection is given up; zero for ever
     */
    Connection connect(Duration silence) throws SQLException {
        return pool.borrow(silence);
    }

    /** @return a {@link StoreException}, or a {@link NotFoundException} if a table is missing */
    RuntimeException failure(String attempted, Outcome outcome, SQLException e) {
        if (e.getErrorCode() == NO_TABLE) {
            return new NotFoundException(
                    "A table of the %s, needed to %s,".formatted(name(), attempted),
                    "",
                    "Apply the repository first (%s)".formatted(e.getMessage()));
        }
        return new StoreException(
                name(),
                attempted,
                isRetryable(e),
                outcome,
                new SQLException("%s (%s)".formatted(advice(e), e.getMessage()), e));
    }

    private static boolean isRetryable(SQLException e) {
        if (hasCause(e, SSLException.class)) {
            return false;
        }
        return switch (e.getErrorCode()) {
            case ACCESS_DENIED, NO_PRIVILEGE_ON_DATABASE, NO_PRIVILEGE_ON_TABLE, NO_DATABASE -> false;
            case LOCK_WAIT, DEADLOCK, TOO_MANY_CONNECTIONS, READ_ONLY -> true;
            default -> isConnectionFailure(e);
        };
    }

    private static boolean isConnectionFailure(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || (e.getSQLState() != null && e.getSQLState().startsWith("08"));
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private String advice(SQLException e) {
        if (hasCause(e, SSLException.class)) {
            return "no encrypted connection came about. Let 'ssl_root_cert' name the authorities that signed the server's certificate, and 'host' be a name it is for";
        }
        if (ConnectionPool.ALL_IN_USE.equals(e.getSQLState())) {
            return "others use the connections. Raise 'max_connections', or ask for less at once";
        }
        return switch (e.getErrorCode()) {
            case ACCESS_DENIED -> "the server did not accept the credentials. Correct user and password";
            case NO_PRIVILEGE_ON_DATABASE, NO_PRIVILEGE_ON_TABLE ->
                "user '%s' may not do this. Grant it all privileges on database '%s'"
                        .formatted(config.user(), config.database());
            case NO_DATABASE ->
                "there is no database '%s'. Create it, or correct 'database'".formatted(config.database());
            case LOCK_WAIT, DEADLOCK -> "other writers kept the rows for too long. Try again";
            case TOO_MANY_CONNECTIONS -> "the server has too many connections. Lower max_connections here or elsewhere";
            case READ_ONLY -> "the server takes no writes. Let 'host' name the primary";
            case DISK_FULL, TABLE_FULL -> "the server's disk is full. Make room, or purge expired rows";
            default ->
                isConnectionFailure(e)
                        ? "the server cannot be reached or did not answer within 'timeout', %d ms. See that it runs at %s:%d"
                                .formatted(config.timeout().toMillis(), config.host(), config.port())
                        : "the server refused";
        };
    }

    private HikariConfig settings() {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(name());
        // By name: what finds drivers by itself does not look into the folder of a plug-in.
        settings.setDriverClassName(Driver.class.getName());
        settings.setJdbcUrl(url());
        settings.setDataSourceProperties(login());
        settings.setCatalog(config.database());
        settings.setMaximumPoolSize(config.maxConnections());
        settings.setMinimumIdle(0);
        // The driver's own check waits a second at least.
        settings.setConnectionTestQuery("SELECT 1");
        settings.setValidationTimeout(
                Math.clamp(config.timeout().toMillis(), LEAST_VALIDATION_MILLIS, MOST_VALIDATION_MILLIS));
        settings.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return settings;
    }

    private void logIn() throws SQLException {
        requireRootCertificate();
        try (Connection connection = new Driver().connect(url(), login())) {
            // Else the pool would ask for a database that is not there until its time is up.
            connection.setCatalog(config.database());
        }
    }

    private String url() {
        return "jdbc:mariadb://%s:%d/".formatted(host(), config.port());
    }

    private void requireRootCertificate() {
        config.sslRootCert().map(folder::resolve).ifPresent(file -> {
            if (!Files.isReadable(file)) {
                throw new ConfigException(
                        "online_store", List.of("ssl_root_cert names '%s', which cannot be read".formatted(file)));
            }
        });
    }

    private Properties login() {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password().reveal());
        properties.setProperty(
                "connectTimeout", Long.toString(config.connectTimeout().toMillis()));
        properties.setProperty("socketTimeout", Long.toString(config.timeout().toMillis()));
        properties.setProperty(
                "sslMode", config.sslMode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        // Quotes are doubled in the texts sent, whatever the server's own mode; wrong values are errors and not
        // shortened.
        properties.setProperty(
                "sessionVariables", "time_zone='%s',sql_mode='STRICT_ALL_TABLES'".formatted(config.timeZone()));
        config.sslRootCert()
                .ifPresent(file -> properties.setProperty(
                        "serverSslCert", folder.resolve(file).toString()));
        return properties;
    }

    private String host() {
        return config.host().indexOf(':') >= 0 ? "[" + config.host() + "]" : config.host();
    }

    @Override
    public void close() {
        pool.close();
    }
}

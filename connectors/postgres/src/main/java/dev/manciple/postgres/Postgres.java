package dev.manciple.postgres;

import dev.manciple.sql.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** One server, as the driver reaches it. */
final class Postgres {
    private static final int CANCELS_WITHIN_SECONDS = 1;

    private final ServerAddress address;
    private final PGSimpleDataSource driver;

    /** @param folder where relative paths of keys and certificates start */
    Postgres(ServerAddress address, Path folder) {
        this.address = address;
        this.driver = driver(address, folder);
    }

    private static PGSimpleDataSource driver(ServerAddress address, Path folder) {
        PGSimpleDataSource driver = new Prepared(settings(address), address.connectTimeout());
        driver.setServerNames(new String[] {address.host()});
        driver.setPortNumbers(new int[] {address.port()});
        driver.setDatabaseName(address.database());
        driver.setUser(address.user());
        driver.setPassword(address.password().reveal());
        driver.setApplicationName("manciple");
        driver.setSslMode(spelling(address.sslMode()));
        address.sslKey().ifPresent(path -> driver.setSslKey(folder.resolve(path).toString()));
        address.sslCertificate()
                .ifPresent(path -> driver.setSslCert(folder.resolve(path).toString()));
        address.sslRootCertificate()
                .ifPresent(path -> driver.setSslRootCert(folder.resolve(path).toString()));
        driver.setConnectTimeout(seconds(address.connectTimeout()));
        driver.setLoginTimeout(seconds(address.connectTimeout()));
        driver.setCancelSignalTimeout(CANCELS_WITHIN_SECONDS);
        driver.setTcpKeepAlive(true);
        address.keepalivesIdle().ifPresent(idle -> {
            driver.setSocketFactory(KeepAliveSockets.class.getName());
            driver.setSocketFactoryArg(idle.toString());
        });
        // The details of an error hold values of rows, which are for the one who asked, not for logs of the driver.
        driver.setLogServerErrorDetail(false);
        return driver;
    }

    private static String spelling(SslMode mode) {
        return switch (mode) {
            case DISABLE -> "disable";
            case ALLOW -> "allow";
            case PREFER -> "prefer";
            case REQUIRE -> "require";
            case VERIFY_CA -> "verify-ca";
            case VERIFY_FULL -> "verify-full";
        };
    }

    private static int seconds(Duration duration) {
        return Math.clamp(duration.plusMillis(999).toSeconds(), 1, Integer.MAX_VALUE);
    }

    /** What messages call the server. */
    String title() {
        return "PostgreSQL (%s:%d/%s)".formatted(address.host(), address.port(), address.database());
    }

    /** Where tables without a schema are looked for, and new ones are put. */
    String schema() {
        return address.schema();
    }

    /**
     * A new connection, which reads times as UTC, looks for tables in the configured schema and then in {@code public}, and whose
     * statements end when this program does.
     */
    Connection connect() throws SQLException {
        return driver.getConnection();
    }

    /** What makes connections as {@link #connect} does. */
    DataSource driver() {
        return driver;
    }

    private static String settings(ServerAddress address) {
        return Sql.of("SET TIME ZONE 'UTC'; SET search_path = {}, public", Names.quoted(address.schema()))
                .text();
    }

    /** Makes connections that have heard what is to be set before anything else. */
    private static final class Prepared extends PGSimpleDataSource {
        private static final long serialVersionUID = 1;

        private final String settings;
        private final Duration patience;

        Prepared(String settings, Duration patience) {
            this.settings = settings;
            this.patience = patience;
        }

        @Override
        public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
            Connection connection = super.getConnection(user, password);
            try (Statement statement = connection.createStatement()) {
                connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
                statement.execute(settings);
                watchClient(statement);
                connection.setNetworkTimeout(Runnable::run, 0);
                return connection;
            } catch (SQLException | RuntimeException e) {
                try (connection) {
                    throw e;
                }
            }
        }
    }

    private static void watchClient(Statement statement) throws SQLException {
        try {
            statement.execute("SET client_connection_check_interval = '1s'");
        } catch (SQLException e) {
            // Servers before 14, and some systems, lack it: they notice when they next write.
            if (Objects.requireNonNullElse(e.getSQLState(), "").startsWith("08")) {
                throw e;
            }
        }
    }
}

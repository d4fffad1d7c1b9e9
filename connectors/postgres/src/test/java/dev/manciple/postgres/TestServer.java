package dev.manciple.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server from the build's own dependencies, on a free port of this machine, without a container. Also for tests of other
 * modules.
 */
public final class TestServer implements AutoCloseable {
    /** The owner of everything, who is let in from this machine whatever the password. */
    public static final String USER = "postgres";

    private static final ReentrantLock STARTING = new ReentrantLock();
    private static final String DATABASE = "postgres";
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable TestServer shared;

    private final EmbeddedPostgres server;

    private TestServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The server that all tests of this process use; it ends with the process. */
    public static TestServer shared() {
        STARTING.lock();
        try {
            if (shared == null) {
                TestServer started = start();
                Runtime.getRuntime().addShutdownHook(new Thread(started::close));
                shared = started;
            }
            return shared;
        } finally {
            STARTING.unlock();
        }
    }

    /** A server of one's own, to be stopped and started. */
    public static TestServer start() {
        try {
            return new TestServer(EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("full_page_writes", "off")
                    .setServerConfig("max_connections", "200")
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a user who owns nothing and has to give a password, as every user of a server in earnest. */
    public void createGuardedUser(String user, String password) throws SQLException, IOException {
        execute("CREATE ROLE \"%s\" LOGIN PASSWORD '%s'".formatted(user, password));
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet file = statement.executeQuery("SHOW hba_file")) {
            file.next();
            Path rules = Path.of(file.getString(1));
            // The first rule that fits a login decides.
            Files.writeString(rules, "host all \"%s\" all scram-sha-256%n%s".formatted(user, Files.readString(rules)));
        }
        execute("SELECT pg_reload_conf()");
    }

    public int port() {
        return server.getPort();
    }

    /** A new, empty schema. */
    public String createSchema() {
        String name = "test " + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA \"%s\"".formatted(name));
        return name;
    }

    public void dropSchema(String name) {
        execute("DROP SCHEMA \"%s\" CASCADE".formatted(name));
    }

    /** Runs statements as the owner. */
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Connection connect() throws SQLException {
        return server.getDatabase(USER, DATABASE).getConnection();
    }

    /** The keys of a store over one of the schemas, as {@code feature_store.yaml} has them. */
    public Map<String, Object> options(String schema) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("host", "localhost");
        options.put("port", port());
        options.put("database", DATABASE);
        options.put("db_schema", schema);
        options.put("user", USER);
        options.put("password", "any");
        options.put("sslmode", "disable");
        return options;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.manciple.hybrid.offline;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server from the build's own dependencies, on a free port of this machine, without a container. */
final class TestServer implements AutoCloseable {
    private static final ReentrantLock STARTING = new ReentrantLock();
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable TestServer shared;

    private final EmbeddedPostgres server;

    private TestServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The server that all tests of this process use; it ends with the process. */
    static TestServer shared() {
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

    /** A server of one's own, to be stopped. */
    static TestServer start() {
        try {
            return new TestServer(EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("max_connections", "200")
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new, empty schema. */
    String createSchema() {
        String name = "hybrid_" + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA " + name);
        return name;
    }

    void dropSchema(String name) {
        execute("DROP SCHEMA " + name + " CASCADE");
    }

    void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keys of a store over one of the schemas. */
    Map<String, Object> options(String schema) {
        Map<String, Object> options = new HashMap<>();
        options.put("host", "localhost");
        options.put("port", server.getPort());
        options.put("database", "postgres");
        options.put("db_schema", schema);
        options.put("user", "postgres");
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

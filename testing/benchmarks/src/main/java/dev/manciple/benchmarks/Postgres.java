package dev.manciple.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A PostgreSQL server of this process's own, from Maven's repository; it ends with {@link #close}. */
final class Postgres implements AutoCloseable {
    private static final String DATABASE = "postgres";
    private static final String USER = "postgres";

    private final EmbeddedPostgres server;

    private Postgres(EmbeddedPostgres server) {
        this.server = server;
    }

    static Postgres start() throws IOException {
        return new Postgres(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("shared_buffers", "512MB")
                .start());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = server.getDatabase(USER, DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The keys of a store over the server's database. */
    Map<String, Object> options() {
        return Map.of(
                "host",
                "localhost",
                "port",
                server.getPort(),
                "database",
                DATABASE,
                "user",
                USER,
                "password",
                "any",
                "sslmode",
                "disable");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

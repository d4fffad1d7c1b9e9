package dev.manciple.postgres;

import dev.manciple.tck.Await;
import dev.manciple.tck.SelfSigned;
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

    private final EmbeddedPostgres.Builder settings;
    private final ReentrantLock administering = new ReentrantLock();
    private EmbeddedPostgres server;
    private @Nullable Connection administrator;

    private TestServer(EmbeddedPostgres.Builder settings) {
        this.settings = settings;
        this.server = start(settings);
    }

    private static EmbeddedPostgres start(EmbeddedPostgres.Builder settings) {
        try {
            return settings.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres.Builder settings() {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("max_connections", "200");
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

    /** A server of one's own, to be stopped. */
    public static TestServer start() {
        return new TestServer(settings());
    }

    /**
     * A server of one's own, to be killed and started again, which then still has what was committed.
     *
     * @param folder where it keeps its data; left behind
     */
    static TestServer durable(Path folder) {
        return new TestServer(settings()
                .setServerConfig("synchronous_commit", "on")
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false));
    }

    /**
     * A server of one's own that takes encrypted connections too; of one user it takes no others, and none without a certificate.
     *
     * @param user who is made, with a schema of the same name
     * @param client signed the certificates of that user
     */
    static TestServer encrypted(SelfSigned own, String user, SelfSigned client) {
        String rules = "hostssl all %1$s all trust clientcert=verify-ca%nhost all %1$s all reject%n".formatted(user);
        TestServer server = new TestServer(settings()
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", own.certificate().toString())
                .setServerConfig("ssl_key_file", own.key().toString())
                .setServerConfig("ssl_ca_file", client.certificate().toString())
                .setDataDirectoryCustomizer(
                        data -> putFirst(rules, data.toPath().resolve("pg_hba.conf"))));
        server.execute("CREATE ROLE %1$s LOGIN; CREATE SCHEMA %1$s AUTHORIZATION %1$s".formatted(user));
        return server;
    }

    /** The first rule that fits a login decides. */
    private static void putFirst(String rules, Path file) {
        try {
            Files.writeString(file, rules + Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server and all who work for its clients at once, as a crash would. */
    void kill() throws Exception {
        Path running = Path.of(setting("data_directory"), "postmaster.pid");
        String process = Files.readAllLines(running).getFirst();
        new ProcessBuilder("kill", "-QUIT", process).inheritIO().start().waitFor();
        // The last that it does is to delete this.
        Await.until("the server has ended", () -> Files.notExists(running));
    }

    private String setting(String name) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet value = statement.executeQuery("SHOW " + name)) {
            value.next();
            return value.getString(1);
        }
    }

    /** Starts a killed server again, on the same port. */
    void restart() throws IOException {
        server.close();
        server = start(settings.setPort(server.getPort()));
    }

    /** Makes a user who owns nothing and has to give a password, as every user of a server in earnest. */
    public void createGuardedUser(String user, String password) throws SQLException {
        execute("CREATE ROLE \"%s\" LOGIN PASSWORD '%s'".formatted(user, password));
        putFirst("host all \"%s\" all scram-sha-256%n".formatted(user), Path.of(setting("hba_file")));
        execute("SELECT pg_reload_conf()");
    }

    public int port() {
        return server.getPort();
    }

    /** A new, empty schema. */
    public String createSchema() {
        String name = "test " + SCHEMAS.incrementAndGet();
        administer("CREATE SCHEMA \"%s\"".formatted(name));
        return name;
    }

    public void dropSchema(String name) {
        administer("DROP SCHEMA \"%s\" CASCADE".formatted(name));
    }

    /** As {@link #execute}, on a connection that stays: for statements of every test, which must leave it as it was. */
    void administer(String sql) {
        administering.lock();
        try {
            if (administrator == null || administrator.isClosed()) {
                administrator = connect();
            }
            try (Statement statement = administrator.createStatement()) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            administering.unlock();
        }
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

package dev.manciple.benchmarks;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.OfflineStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.postgresql.PGConnection;

/** A PostgreSQL server of this process's own, from Maven's repository; it ends with {@link #close}. */
final class Postgres implements AutoCloseable {
    private static final String DATABASE = "postgres";
    private static final String USER = "postgres";

    /** Of the processes' clocks, a second. */
    private static final double TICKS = 100;

    private final EmbeddedPostgres server;
    private final long process;

    private Postgres(EmbeddedPostgres server, long process) {
        this.server = server;
        this.process = process;
    }

    static Postgres start() throws IOException, SQLException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("shared_buffers", "512MB")
                .start();
        try (Connection connection = server.getDatabase(USER, DATABASE).getConnection();
                Statement statement = connection.createStatement();
                ResultSet folder = statement.executeQuery("SHOW data_directory")) {
            folder.next();
            Path file = Path.of(folder.getString(1), "postmaster.pid");
            return new Postgres(server, Long.parseLong(Files.readAllLines(file).getFirst()));
        }
    }

    /** What the server and all of its processes, past ones too, have used so far. */
    double cpuSeconds() {
        return ProcessHandle.of(process)
                        .map(main -> Stream.concat(Stream.of(main), main.children())
                                .mapToDouble(each -> ticks(each.pid()))
                                .sum())
                        .orElseThrow()
                / TICKS;
    }

    /** Its own and those of children that ended; none where the process has just ended, which its parent counts then. */
    private static double ticks(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return Stream.of(fields)
                    .skip(11)
                    .limit(4)
                    .mapToLong(Long::parseLong)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = server.getDatabase(USER, DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Runs a query and takes every row of it in the server's binary form, as raw bytes: what any client at least has to do.
     *
     * @param settings said before, separated by semicolons
     */
    void drain(String settings, String query) throws SQLException, IOException {
        try (Connection connection = server.getDatabase(USER, DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(settings);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (%s) TO STDOUT (FORMAT binary)".formatted(query), OutputStream.nullOutputStream());
        }
    }

    /** A store over the server, which the caller closes. */
    OfflineStore store(Settings settings, BufferAllocator allocator) {
        return new Project(settings.folder(), allocator).offlineStore("postgres", options());
    }

    /** Makes a table of a query over generated files. */
    void load(String table, String query, PlainDuckDb engine, OfflineStore store) throws SQLException, IOException {
        try (ArrowReader rows = engine.stream(query)) {
            store.writeLoggedFeatures(source(table), rows);
        }
    }

    /** Makes the table of a view of its file, with the index that is good practice, and the statistics. */
    void load(JoinWorkload.View view, Path folder, PlainDuckDb engine, OfflineStore store)
            throws SQLException, IOException {
        load(view.name(), PlainDuckDb.all(folder.resolve(view.file())), engine, store);
        execute("CREATE INDEX ON \"%s\" (%s, %s DESC, %s DESC NULLS LAST)"
                .formatted(view.name(), JoinWorkload.KEY, JoinWorkload.EVENT_TIME, JoinWorkload.CREATED_TIME));
        execute("ANALYZE \"%s\"".formatted(view.name()));
    }

    /** The view over its table. */
    static FeatureView view(JoinWorkload.View view, Path folder) {
        return view.definition(folder)
                .source(source(view.name()).eventTime(JoinWorkload.EVENT_TIME).createdTime(JoinWorkload.CREATED_TIME));
    }

    private static DataSource.Batch source(String table) {
        return new DataSource.Batch(
                table,
                "postgres",
                new SourceLocation.Table(table),
                TimeColumns.INFERRED,
                Map.of(),
                About.NOTHING,
                Extras.NONE);
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

package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when the server does not do as asked. */
class PostgresFaultsTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final String EVIL = "a\"; DROP TABLE x; --";

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final TestServer server = TestServer.shared();
    private String schema = "";

    @BeforeEach
    void createSchema() {
        schema = server.createSchema();
        sql("CREATE TABLE drivers (driver_id int8, at timestamptz, score int8)");
        sql("INSERT INTO drivers VALUES (1, '2025-06-01 11:00Z', 10)");
    }

    @AfterEach
    void nothingIsLeftBehind() throws SQLException {
        server.dropSchema(schema);
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    private void sql(String statement) {
        server.execute("SET search_path = \"%s\"; %s".formatted(schema, statement));
    }

    private OfflineStore open(Map<String, Object> options) {
        return new PostgresOfflineStore(
                new ConfigBinder().bind("test", PostgresOfflineConfig.class, options),
                new TestContext(folder, allocator));
    }

    private OfflineStore open() {
        return open(server.options(schema));
    }

    private static FeatureView view(String table, String key, String feature) {
        TimeColumns time = new TimeColumns("at", Optional.empty(), Optional.empty());
        return FeatureView.of("drivers")
                .source(PostgresFixture.source(table, time))
                .entities(List.of(key))
                .entityColumns(List.of(Field.of(key, Scalar.INT64)))
                .features(Field.of(feature, Scalar.INT64));
    }

    private RetrievalJob job(OfflineStore store, FeatureView view, long rows) {
        Schema schema = spineSchema(view.joinKeys().getFirst());
        Spine.Rows spine = new Spine.Rows(
                schema,
                "time",
                () -> ArrowRows.reader(
                        allocator,
                        schema,
                        LongStream.range(0, rows)
                                .mapToObj(i -> List.<Value>of(new Value.Int(i), new Value.Time(NOON)))
                                .toList(),
                        1000));
        return store.historicalFeatures(new HistoricalRequest(
                spine,
                List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                false,
                HistoricalRequest.Options.DEFAULT));
    }

    private static Schema spineSchema(String key) {
        return new Schema(
                List.of(ArrowTypes.arrow(key, Scalar.INT64), ArrowTypes.arrow("time", Scalar.UNIX_TIMESTAMP)));
    }

    private List<List<Value>> rows(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        }
    }

    private long count(String query) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void aLoginThatIsRefusedIsSaidWithoutThePassword() {
        Map<String, Object> options = server.options(schema);
        options.put("user", "nobody_here");
        options.put("password", "s3cret");
        try (OfflineStore store = open(options)) {
            assertThatThrownBy(() -> rows(job(store, view("drivers", "driver_id", "score"), 1)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("PostgreSQL (localhost:" + server.port())
                    .hasMessageContaining("nobody_here")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNotSaid() throws Exception {
        String user = "guarded " + schema;
        server.createGuardedUser(user, "r1ght");
        Map<String, Object> options = server.options(schema);
        options.put("user", user);
        options.put("password", "r1ght");
        awaitRule(options);
        sql("GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"; GRANT SELECT ON drivers TO \"%s\"".formatted(schema, user, user));
        FeatureView view = view("drivers", "driver_id", "score");
        try (OfflineStore store = open(options)) {
            assertThat(rows(job(store, view, 2))).hasSize(2);
        }
        options.put("password", "wr0ng");
        try (OfflineStore store = open(options)) {
            assertRefused(() -> rows(job(store, view, 1)));
        }
        for (String connections : List.of("singleton", "pool")) {
            options.put("conn_type", connections);
            try (OnlineStore store = new PostgresOnlineStore(
                    new ConfigBinder().bind("test", PostgresOnlineConfig.class, options),
                    new TestContext(folder, allocator))) {
                EntityKey key = new EntityKey(List.of("driver_id"), List.of(new Value.Int(1)));
                assertRefused(() -> store.read(List.of(new OnlineRead(view, List.of(key), view.features()))));
            }
        }
        server.execute("DROP OWNED BY \"%s\"; DROP ROLE \"%s\"".formatted(user, user));
    }

    /** Rules are read anew some time after the server was told so. */
    private void awaitRule(Map<String, Object> options) throws Exception {
        String address = "jdbc:postgresql://localhost:%d/postgres?sslmode=disable".formatted(server.port());
        String user = String.valueOf(options.get("user"));
        Await.until("a password is asked for", () -> {
            try (Connection connection = DriverManager.getConnection(address, user, "anything")) {
                return connection.isClosed();
            } catch (SQLException refused) {
                return true;
            }
        });
    }

    private void assertRefused(ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("PostgreSQL (localhost:" + server.port())
                .hasMessageContaining("password authentication failed for user")
                .hasMessageContaining("check 'user' and 'password'")
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        Map<String, Object> options = server.options(schema);
        options.put("port", 1);
        try (OfflineStore store = open(options)) {
            assertThatThrownBy(() -> rows(job(store, view("drivers", "driver_id", "score"), 1)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("localhost:1");
        }
    }

    @Test
    void aTableThatIsNotThereIsNamed() {
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view("nowhere", "driver_id", "score"), 1)))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void namesAreNamesWhateverTheySay() throws IOException {
        sql("CREATE TABLE x (a int8)");
        sql("CREATE TABLE \"%s\" (\"%s\" int8, at timestamptz, \"%s\" int8)"
                .formatted(EVIL.replace("\"", "\"\""), EVIL.replace("\"", "\"\""), "f" + EVIL.replace("\"", "\"\"")));
        sql("INSERT INTO \"%s\" VALUES (0, '2025-06-01 11:00Z', 7)".formatted(EVIL.replace("\"", "\"\"")));
        try (OfflineStore store = open()) {
            assertThat(rows(job(store, view(EVIL, EVIL, "f" + EVIL), 1)))
                    .containsExactly(List.of(new Value.Int(0), new Value.Time(NOON), new Value.Int(7)));
        }
        sql("SELECT * FROM x");
    }

    @Test
    void aNameTheServerWouldCutIsRefused() {
        String name = "n".repeat(64);
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view(name, "driver_id", "score"), 1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("63 bytes");
            assertThatThrownBy(() -> job(store, view("drivers", "driver_id", "score"), 1)
                            .persist(PostgresFixture.source(name, TimeColumns.INFERRED), false))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("63 bytes");
        }
    }

    @Test
    void aNameInLowerCaseIsFoundAsSqlFindsIt() throws IOException {
        try (OfflineStore store = open()) {
            DataSource.Batch source = new DataSource.Batch(
                    "drivers",
                    "postgres",
                    new SourceLocation.Table("Drivers"),
                    new TimeColumns("at", Optional.empty(), Optional.empty()),
                    Map.of(),
                    About.NOTHING,
                    Extras.NONE);
            FeatureView view = view("drivers", "driver_id", "score").source(source);
            assertThat(rows(job(store, view, 2))).hasSize(2);
        }
    }

    @Test
    void aStatementThatTakesTooLongIsEndedByTheServer() throws SQLException {
        sql("CREATE VIEW slow AS SELECT driver_id, at, score + length(pg_sleep(60)::text) AS score FROM drivers");
        Map<String, Object> options = server.options(schema);
        options.put("statement_timeout", "300ms");
        try (OfflineStore store = open(options)) {
            assertThatThrownBy(() -> rows(job(store, view("slow", "driver_id", "score"), 2)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("statement_timeout");
        }
        assertThat(
                        count(
                                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%__source_0%' AND pid <> pg_backend_pid()"))
                .isZero();
    }

    @Test
    void anInterruptReachesTheServer() throws Exception {
        sql("CREATE VIEW slow AS SELECT driver_id, at, score + length(pg_sleep(600)::text) AS score FROM drivers");
        try (OfflineStore store = open()) {
            CountDownLatch failed = new CountDownLatch(1);
            Thread asking = Thread.ofPlatform().start(() -> {
                try {
                    rows(job(store, view("slow", "driver_id", "score"), 2));
                } catch (IOException | FeatureStoreException e) {
                    failed.countDown();
                }
            });
            String sleeping =
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid()";
            Await.until("the server works", () -> count(sleeping) > 0);
            asking.interrupt();
            failed.await();
            asking.join();
            assertThat(count(sleeping)).isZero();
        }
    }

    @Test
    void entityRowsThatFailLeaveNoTableBehind() throws SQLException {
        try (OfflineStore store = open()) {
            FeatureView view = view("drivers", "driver_id", "score");
            Schema announced = spineSchema("driver_id");
            Spine.Rows broken = new Spine.Rows(announced, "time", () -> {
                throw new IllegalStateException("no rows today");
            });
            RetrievalJob job = store.historicalFeatures(new HistoricalRequest(
                    broken,
                    List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                    false,
                    HistoricalRequest.Options.DEFAULT));
            assertThatThrownBy(() -> rows(job)).hasMessageContaining("no rows today");
            assertThat(count("SELECT count(*) FROM pg_class WHERE relname LIKE '\\_\\_%' AND relpersistence = 't'"))
                    .isZero();
        }
    }

    @Test
    void textThatCannotBeATimeIsTheCallersMistake() {
        sql("CREATE TABLE texts (driver_id int8, at text, score int8)");
        sql("INSERT INTO texts VALUES (0, 'yesterday evening', 1)");
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view("texts", "driver_id", "score"), 1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("yesterday evening");
        }
    }

    @Test
    void aServerThatStopsWhileRowsAreReadIsSaid() throws IOException {
        TestServer own = TestServer.start();
        Map<String, Object> options = own.options("public");
        own.execute("CREATE TABLE drivers (driver_id int8, at timestamptz, score int8)");
        try (OfflineStore store = open(options)) {
            FeatureView view = view("drivers", "driver_id", "score");
            try (ArrowReader reader = job(store, view, 200_000).open(allocator)) {
                assertThat(reader.loadNextBatch()).isTrue();
                own.close();
                assertThatThrownBy(() -> {
                            while (reader.loadNextBatch()) {
                                assertThat(reader.getVectorSchemaRoot().getRowCount())
                                        .isPositive();
                            }
                        })
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.retryable()).isTrue())
                        .hasMessageContaining("PostgreSQL (localhost:" + own.port());
            }
            assertThatThrownBy(() -> rows(job(store, view, 1))).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aServerThatStopsWhileEntityRowsAreTakenInIsSaid() {
        TestServer own = TestServer.start();
        own.execute("CREATE TABLE drivers (driver_id int8, at timestamptz, score int8)");
        try (OfflineStore store = open(own.options("public"))) {
            FeatureView view = view("drivers", "driver_id", "score");
            Schema announced = spineSchema("driver_id");
            Spine.Rows endless = new Spine.Rows(
                    announced,
                    "time",
                    () -> new EntityRows(allocator, announced, NOON, Long.MAX_VALUE, batch -> {
                        if (batch == 3) {
                            own.close();
                        }
                    }));
            RetrievalJob job = store.historicalFeatures(new HistoricalRequest(
                    endless,
                    List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                    false,
                    HistoricalRequest.Options.DEFAULT));
            assertThatThrownBy(() -> rows(job))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("PostgreSQL (localhost:" + own.port());
        }
    }
}

package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
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
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when the server does not do as asked. */
class PostgresFaultsTest extends RetrievalTest {
    private static final String EVIL = "a\"; DROP TABLE x; --";
    private static final FeatureView DRIVERS = view("drivers", "score");

    @BeforeEach
    void createTable() {
        sql("CREATE TABLE drivers (driver_id int8, at timestamptz, score int8)");
        sql("INSERT INTO drivers VALUES (1, '2025-06-01 11:00Z', 10)");
    }

    private OfflineStore open() {
        return open(server.options(schema));
    }

    private static FeatureView view(String table, String feature) {
        return view(table, "driver_id", Field.of(feature, Scalar.INT64));
    }

    private static RetrievalJob job(OfflineStore store, FeatureView view, Spine.Rows spine) {
        return job(store, view, spine, HistoricalRequest.Options.DEFAULT);
    }

    /** @param rows how many, of the keys 0, 1, 2 and so on */
    private RetrievalJob job(OfflineStore store, FeatureView view, long rows) {
        Schema columns = spineSchema(view.joinKeys().getFirst());
        List<List<Value>> keys = LongStream.range(0, rows)
                .mapToObj(i -> List.<Value>of(new Value.Int(i), new Value.Time(NOON)))
                .toList();
        return job(
                store, view, new Spine.Rows(columns, "time", () -> ArrowRows.reader(allocator, columns, keys, 1000)));
    }

    @Test
    void aLoginThatIsRefusedIsSaidWithoutThePassword() {
        Map<String, Object> options = server.options(schema);
        options.put("user", "nobody_here");
        options.put("password", "s3cret");
        try (OfflineStore store = open(options)) {
            assertThatThrownBy(() -> rows(job(store, DRIVERS, 1)))
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
        try (OfflineStore store = open(options)) {
            assertThat(rows(job(store, DRIVERS, 2))).hasSize(2);
        }
        options.put("password", "wr0ng");
        try (OfflineStore store = open(options)) {
            assertRefused(() -> rows(job(store, DRIVERS, 1)));
        }
        for (String connections : List.of("singleton", "pool")) {
            options.put("conn_type", connections);
            try (OnlineStore store = new PostgresOnlineStore(
                    new ConfigBinder().bind("test", PostgresOnlineConfig.class, options),
                    KitContext.withoutArrow("test", Path.of("")))) {
                EntityKey key = new EntityKey(List.of("driver_id"), List.of(new Value.Int(1)));
                assertRefused(() -> store.read(List.of(new OnlineRead(DRIVERS, List.of(key), DRIVERS.features()))));
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
            assertThatThrownBy(() -> rows(job(store, DRIVERS, 1)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("localhost:1");
        }
    }

    @Test
    void aTableThatIsNotThereIsNamed() {
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view("nowhere", "score"), 1)))
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
            assertThat(rows(job(store, view(EVIL, EVIL, Field.of("f" + EVIL, Scalar.INT64)), 1)))
                    .containsExactly(List.of(new Value.Int(0), new Value.Time(NOON), new Value.Int(7)));
        }
        sql("SELECT * FROM x");
    }

    @Test
    void aNameTheServerWouldCutIsRefused() {
        String name = "n".repeat(64);
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view(name, "score"), 1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("63 bytes");
            assertThatThrownBy(() ->
                            job(store, DRIVERS, 1).persist(PostgresFixture.source(name, TimeColumns.INFERRED), false))
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
            assertThat(rows(job(store, DRIVERS.source(source), 2))).hasSize(2);
        }
    }

    @Test
    void aStatementThatTakesTooLongIsEndedByTheServer() {
        sql("CREATE VIEW slow AS SELECT driver_id, at, score + length(pg_sleep(60)::text) AS score FROM drivers");
        Map<String, Object> options = server.options(schema);
        options.put("statement_timeout", "300ms");
        try (OfflineStore store = open(options)) {
            assertThatThrownBy(() -> rows(job(store, view("slow", "score"), 2)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("statement_timeout");
        }
        assertThat(
                        count(
                                "FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%__source_0%' AND pid <> pg_backend_pid()"))
                .isZero();
    }

    @Test
    void anInterruptReachesTheServer() throws Exception {
        sql("CREATE VIEW slow AS SELECT driver_id, at, score + length(pg_sleep(600)::text) AS score FROM drivers");
        try (OfflineStore store = open()) {
            assertInterruptible(job(store, view("slow", "score"), 2), 1);
        }
    }

    @Test
    void entityRowsThatFailLeaveNoTableBehind() {
        try (OfflineStore store = open()) {
            Spine.Rows broken = new Spine.Rows(spineSchema("driver_id"), "time", () -> {
                throw new IllegalStateException("no rows today");
            });
            RetrievalJob job = job(store, DRIVERS, broken);
            assertThatThrownBy(() -> rows(job)).hasMessageContaining("no rows today");
            assertThat(count("FROM pg_class WHERE relname LIKE '\\_\\_%' AND relpersistence = 't'"))
                    .isZero();
        }
    }

    @Test
    void textThatCannotBeATimeIsTheCallersMistake() {
        sql("CREATE TABLE texts (driver_id int8, at text, score int8)");
        sql("INSERT INTO texts VALUES (0, 'yesterday evening', 1)");
        try (OfflineStore store = open()) {
            assertThatThrownBy(() -> rows(job(store, view("texts", "score"), 1)))
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
            try (ArrowReader reader = job(store, DRIVERS, 200_000).open(allocator)) {
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
            assertThatThrownBy(() -> rows(job(store, DRIVERS, 1))).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aServerThatStopsWhileEntityRowsAreTakenInIsSaid() {
        TestServer own = TestServer.start();
        own.execute("CREATE TABLE drivers (driver_id int8, at timestamptz, score int8)");
        try (OfflineStore store = open(own.options("public"))) {
            Spine.Rows endless = spine("driver_id", Long.MAX_VALUE, batch -> {
                if (batch == 3) {
                    own.close();
                }
            });
            assertThatThrownBy(() -> rows(job(store, DRIVERS, endless)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("PostgreSQL (localhost:" + own.port());
        }
    }
}

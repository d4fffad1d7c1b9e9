package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity rows so many that two connections share them. */
class PostgresPartsTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final Schema SPINE = new Schema(
            List.of(ArrowTypes.arrow("driver_id", Scalar.INT64), ArrowTypes.arrow("time", Scalar.UNIX_TIMESTAMP)));

    /** Each connection gets more than one block of them. */
    private static final int ROWS = 3 * PartedWriter.BLOCK / 1000 * 1000 + 1000;

    /** By this batch the second connection takes rows. */
    private static final int SECOND_TAKES = PartedWriter.BLOCK / 1000 + 10;

    private static final String TAKING =
            "FROM pg_stat_activity WHERE query LIKE 'COPY \"\\_\\_spine\" FROM%' AND state = 'active'";

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final TestServer server = TestServer.shared();
    private String schema = "";

    @BeforeEach
    void createTable() {
        schema = server.createSchema();
        sql(
                "CREATE TABLE drivers AS SELECT i::int8 AS driver_id, timestamptz '2025-06-01 11:00Z' AS at, i * 7 AS score FROM generate_series(0, %d, 2) AS numbers (i)"
                        .formatted(ROWS));
        sql("CREATE INDEX ON drivers (driver_id, at DESC)");
    }

    @AfterEach
    void nothingIsLeftBehind() {
        server.dropSchema(schema);
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    private void sql(String statement) {
        server.execute("SET search_path = \"%s\"; %s".formatted(schema, statement));
    }

    private long count(String query) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) " + query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private OfflineStore open(int connections) {
        return open(connections, Map.of());
    }

    private OfflineStore open(int connections, Map<String, Object> more) {
        Map<String, Object> options = server.options(schema);
        options.put("max_conn", connections);
        options.putAll(more);
        return new PostgresOfflineStore(
                new ConfigBinder().bind("test", PostgresOfflineConfig.class, options),
                new TestContext(folder, allocator));
    }

    private RetrievalJob job(OfflineStore store, boolean ordered, IntConsumer beforeBatch) {
        FeatureView view = FeatureView.of("drivers")
                .source(PostgresFixture.source("drivers", new TimeColumns("at", Optional.empty(), Optional.empty())))
                .entities(List.of("driver_id"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(Field.of("score", Scalar.INT32));
        Spine.Rows spine =
                new Spine.Rows(SPINE, "time", () -> new EntityRows(allocator, SPINE, NOON, ROWS, beforeBatch));
        return store.historicalFeatures(new HistoricalRequest(
                spine,
                List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                false,
                new HistoricalRequest.Options(false, ordered)));
    }

    private static void nothing(int batch) {}

    private List<List<Value>> rows(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        }
    }

    /** Every second driver has a score. */
    private static List<List<Value>> expected() {
        return LongStream.range(0, ROWS)
                .mapToObj(i -> List.of(
                        new Value.Int(i), new Value.Time(NOON), i % 2 == 0 ? new Value.Int(i * 7) : Value.Null.NULL))
                .toList();
    }

    @Test
    void rowsOfBothConnectionsComeInOrder() throws IOException {
        List<Long> taking = new ArrayList<>();
        try (OfflineStore store = open(2)) {
            RetrievalJob job = job(store, true, batch -> {
                if (batch == SECOND_TAKES) {
                    taking.add(count(TAKING));
                }
            });
            assertThat(rows(job)).isEqualTo(expected());
            assertThat(rows(job)).as("both connections are free again").isEqualTo(expected());
        }
        assertThat(taking).containsExactly(2L, 2L);
    }

    @Test
    void rowsInAnyOrderAreTheSameRows() throws IOException {
        try (OfflineStore store = open(2)) {
            assertThat(rows(job(store, false, PostgresPartsTest::nothing)))
                    .containsExactlyInAnyOrderElementsOf(expected());
        }
    }

    @Test
    void aStoreOfOneConnectionDoesWithIt() throws IOException {
        try (OfflineStore store = open(1)) {
            assertThat(rows(job(store, true, PostgresPartsTest::nothing))).isEqualTo(expected());
        }
    }

    /** Both hold one of two connections before either looks for a second. */
    @Test
    void requestsDoNotWaitForEachOthersConnections() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        IntConsumer meet = batch -> {
            if (batch == 1) {
                try {
                    both.await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        try (OfflineStore store = open(2)) {
            Callable<List<List<Value>>> asking = () -> rows(job(store, true, meet));
            FutureTask<List<List<Value>>> other = new FutureTask<>(asking);
            Thread.ofPlatform().start(other);
            assertThat(asking.call()).isEqualTo(expected());
            assertThat(other.get()).isEqualTo(expected());
        }
    }

    @Test
    void aUserOfOneConnectionDoesWithIt() throws Exception {
        String user = guest();
        server.execute("ALTER ROLE \"%s\" CONNECTION LIMIT 1".formatted(user));
        try (OfflineStore store = open(2, Map.of("user", user))) {
            assertThat(rows(job(store, true, PostgresPartsTest::nothing))).isEqualTo(expected());
        }
        drop(user);
    }

    /** The rows change before the second connection is there. */
    @Test
    void bothConnectionsSeeOneStateOfTheTable() throws IOException {
        try (OfflineStore store = open(2)) {
            RetrievalJob job = job(store, true, batch -> {
                if (batch == 2) {
                    sql("UPDATE drivers SET score = -1");
                }
            });
            assertThat(rows(job)).isEqualTo(expected());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ASC", "DESC"})
    void aConnectionThatIsLostEndsBoth(String order) throws IOException {
        String terminate =
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid %s ORDER BY backend_start %s LIMIT 1) AS one"
                        .formatted(TAKING, order);
        try (OfflineStore store = open(2)) {
            assertThatThrownBy(() -> rows(job(store, true, batch -> {
                        if (batch == SECOND_TAKES) {
                            server.execute(terminate);
                        }
                    })))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("PostgreSQL (localhost:" + server.port());
            assertThat(count(TAKING)).isZero();
            assertThat(rows(job(store, true, PostgresPartsTest::nothing))).isEqualTo(expected());
        }
    }

    /** A rule for the rows a guest may see takes forever. */
    @Test
    void anInterruptReachesBothConnections() throws Exception {
        String user = guest();
        sql(
                "ALTER TABLE drivers ENABLE ROW LEVEL SECURITY; CREATE POLICY slow ON drivers USING (pg_sleep(600) IS NOT NULL)");
        String sleeping = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        CountDownLatch failed = new CountDownLatch(1);
        try (OfflineStore store = open(2, Map.of("user", user))) {
            Thread asking = Thread.ofPlatform().start(() -> {
                try {
                    rows(job(store, true, PostgresPartsTest::nothing));
                } catch (IOException | FeatureStoreException e) {
                    failed.countDown();
                }
            });
            Await.until("both connections work", () -> count(sleeping), working -> working == 2);
            asking.interrupt();
            failed.await();
            asking.join();
            assertThat(count(sleeping)).isZero();
        }
        drop(user);
    }

    /** Who may read the table and is no superuser. */
    private String guest() throws SQLException {
        String user = "guest of " + schema;
        server.execute("CREATE ROLE \"%s\" LOGIN".formatted(user));
        sql("GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"; GRANT SELECT ON drivers TO \"%s\"".formatted(schema, user, user));
        return user;
    }

    private void drop(String user) {
        server.execute("DROP OWNED BY \"%s\"; DROP ROLE \"%s\"".formatted(user, user));
    }
}

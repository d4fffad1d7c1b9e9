package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity rows so many that two connections share them. */
class PostgresPartsTest extends RetrievalTest {
    private static final FeatureView DRIVERS = view("drivers", "driver_id", Field.of("score", Scalar.INT32));

    /** Each connection gets more than one block of them. */
    private static final int ROWS = 3 * PartedWriter.BLOCK / 1000 * 1000 + 1000;

    /** By this batch the second connection takes rows. */
    private static final int SECOND_TAKES = PartedWriter.BLOCK / 1000 + 10;

    private static final String TAKING =
            "FROM pg_stat_activity WHERE query LIKE 'COPY \"\\_\\_spine\" FROM%' AND state = 'active'";

    @BeforeEach
    void createTable() {
        sql(
                "CREATE TABLE drivers AS SELECT i::int8 AS driver_id, timestamptz '2025-06-01 11:00Z' AS at, i * 7 AS score FROM generate_series(0, %d, 2) AS numbers (i)"
                        .formatted(ROWS));
        sql("CREATE INDEX ON drivers (driver_id, at DESC)");
    }

    private OfflineStore open(int connections) {
        return open(connections, TestServer.USER);
    }

    private OfflineStore open(int connections, String user) {
        Map<String, Object> options = server.options(schema);
        options.put("max_conn", connections);
        options.put("user", user);
        return open(options);
    }

    private RetrievalJob job(OfflineStore store, boolean ordered, IntConsumer beforeBatch) {
        Spine.Rows spine = spine("driver_id", ROWS, beforeBatch);
        return job(store, DRIVERS, spine, new HistoricalRequest.Options(false, ordered));
    }

    private static void nothing(int batch) {}

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
        try (OfflineStore store = open(2, user)) {
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
        try (OfflineStore store = open(2, user)) {
            assertInterruptible(job(store, true, PostgresPartsTest::nothing), 2);
        }
        drop(user);
    }

    /** Who may read the table and is no superuser. */
    private String guest() {
        String user = "guest of " + schema;
        server.execute("CREATE ROLE \"%s\" LOGIN".formatted(user));
        sql("GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"; GRANT SELECT ON drivers TO \"%s\"".formatted(schema, user, user));
        return user;
    }

    private void drop(String user) {
        server.execute("DROP OWNED BY \"%s\"; DROP ROLE \"%s\"".formatted(user, user));
    }
}

package dev.manciple.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the database holds, as Feast 0.66 writes and reads it, and what a store says of a server that fails it. */
@Timeout(300)
class MySqlLayoutTest {
    @RegisterExtension
    static final WithServer SHARED = new WithServer();

    private static final String KEY_1001 = "0100000002000000090000006472697665725f69640400000008000000e903000000000000";
    private static final Instant EVENT = Instant.parse("2024-01-01T00:00:00.900Z");
    private static final FeatureView TRIPS = view("driver stats");

    @BeforeEach
    void empty() {
        SHARED.server().empty();
    }

    @Test
    void writesFeastsTableAndBytes() {
        try (MySqlOnlineStore store = store("p")) {
            store.update(keep(TRIPS));
            store.write(TRIPS, List.of(row(EVENT, Optional.of(EVENT.plusSeconds(60)), new Value.Int(7))));
        }
        assertThat(SHARED.server()
                        .query("SELECT column_name, column_type, column_key FROM information_schema.columns "
                                + "WHERE table_name = 'p_driver stats' ORDER BY ordinal_position"))
                .containsExactly(
                        "entity_key|varchar(512)|PRI",
                        "feature_name|varchar(256)|PRI",
                        "value|blob|",
                        "event_ts|timestamp|",
                        "created_ts|timestamp|");
        assertThat(SHARED.server()
                        .query("SELECT entity_key, feature_name, hex(value), event_ts, created_ts FROM "
                                + "`p_driver stats` ORDER BY feature_name"))
                .containsExactly(
                        KEY_1001 + "|name||2024-01-01 00:00:00|2024-01-01 00:01:00",
                        KEY_1001 + "|trips|2007|2024-01-01 00:00:00|2024-01-01 00:01:00");
    }

    /** Somebody holds the table, and nobody waits for as long: they leave nothing at work, and their connections are good. */
    @Test
    void whatIsGivenUpEndsInTheServerToo() throws Exception {
        try (MySqlOnlineStore store = store("p");
                Connection holder = SHARED.server().connect();
                Statement statement = holder.createStatement()) {
            store.update(keep(TRIPS));
            store.write(TRIPS, List.of(row(EVENT, Optional.empty(), new Value.Int(7))));
            List<Runnable> calls = List.of(
                    () -> read(store),
                    () -> store.write(TRIPS, List.of(row(EVENT.plusSeconds(60), Optional.empty(), new Value.Int(8)))));
            String connections =
                    "SELECT id FROM information_schema.processlist WHERE db = 'feast' AND id <> connection_id()";
            List<String> before = SHARED.server().query(connections);
            assertThat(before).hasSize(1);
            statement.execute("LOCK TABLES feast.`p_driver stats` WRITE");
            for (int i = 0; i < 6; i++) {
                Runnable call = calls.get(i % 2);
                FutureTask<StoreException> waiting =
                        new FutureTask<>(() -> catchThrowableOfType(StoreException.class, call::run));
                Thread caller = Thread.startVirtualThread(waiting);
                String blocked =
                        "SELECT id FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock'";
                Await.until("a call waits in the server", () -> SHARED.server().query(blocked), ids -> ids.size() == 1);
                caller.interrupt();
                assertThat(waiting.get().outcome()).isEqualTo(Outcome.NOT_APPLIED);
                Await.until("none waits in the server", () -> SHARED.server().query(blocked), List::isEmpty);
            }
            statement.execute("UNLOCK TABLES");
            assertThat(read(store))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.values()).first().isEqualTo(new Value.Int(7)));
            assertThat(SHARED.server().query(connections))
                    .as("the same connection all along")
                    .isEqualTo(before);
        }
    }

    /** Feast's table has the database's own collation; Feast sends UTC and leaves the session in the server's zone. */
    @Test
    void readsAndWritesATableOfFeastsInAnyZone() {
        SHARED.server()
                .execute("CREATE TABLE feast.`p_driver stats` (entity_key VARCHAR(512), feature_name VARCHAR(256), "
                        + "value BLOB, event_ts timestamp NULL DEFAULT NULL, created_ts timestamp NULL DEFAULT NULL, "
                        + "PRIMARY KEY(entity_key, feature_name), INDEX `p_driver stats_ek` (entity_key))");
        SHARED.server()
                .execute("SET STATEMENT time_zone = '+05:30' FOR "
                        + "INSERT INTO feast.`p_driver stats` VALUES ('" + KEY_1001
                        + "', 'trips', x'2005', '2024-01-01 00:00:00', NULL)");
        MySqlConfig config = TestServer.config(
                SHARED.server().port(), TestServer.PASSWORD, TestServer.DATABASE, Duration.ofSeconds(20), "+05:30");
        try (MySqlOnlineStore store = store("p", config)) {
            assertThat(store.plan(keep(TRIPS))).isEmpty();
            store.update(keep(TRIPS));
            Instant second = Instant.parse("2024-01-01T00:00:00Z");
            assertThat(read(store))
                    .isEqualTo(new Lookup.Found(
                            List.of(new Value.Int(5), Value.Missing.MISSING), List.of(second, Instant.EPOCH)));
            store.write(TRIPS, List.of(row(second.minusSeconds(1), Optional.empty(), new Value.Int(4))));
            assertThat(((Lookup.Found) read(store)).values().getFirst()).isEqualTo(new Value.Int(5));
            store.write(TRIPS, List.of(row(second, Optional.empty(), new Value.Int(6))));
            assertThat(((Lookup.Found) read(store)).values().getFirst()).isEqualTo(new Value.Int(6));
        }
    }

    @Test
    void refusesTheTableOfAnotherView() {
        FeatureView mine = view("c");
        FeatureView others = view("b_c");
        try (MySqlOnlineStore store = store("a_b");
                MySqlOnlineStore other = store("a")) {
            assertThat(store.plan(keep(mine)))
                    .containsExactly(new InfraChange(InfraChange.Action.CREATE, "mysql", "table", "a_b_c"));
            store.update(keep(mine));
            for (Runnable call : List.<Runnable>of(() -> other.plan(keep(others)), () -> other.update(keep(others)))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContainingAll("'b_c' of project 'a'", "'c' of project 'a_b'", "a_b_c");
            }
            assertThat(other.plan(new ViewChanges(List.of(), List.of(others)))).isEmpty();
            other.teardown(List.of(others));
            assertThat(store.plan(new ViewChanges(List.of(), List.of(mine))))
                    .containsExactly(new InfraChange(InfraChange.Action.DROP, "mysql", "table", "a_b_c"));
        }
    }

    @Test
    void refusesWhatDoesNotFitIntoTheLayout() {
        try (MySqlOnlineStore store = store("p")) {
            FeatureView twins = TRIPS.features(Field.of("Trips", Scalar.INT64), Field.of("trips ", Scalar.INT64));
            assertRefused(store, twins, "'Trips' and 'trips '");
            assertRefused(store, view("v".repeat(60)), "62 characters");
            assertRefused(store, TRIPS.entityColumns(List.of(Field.of("price", Scalar.DOUBLE))), "price");
            store.update(keep(TRIPS));
            OnlineRow wide = new OnlineRow(
                    key(1001), List.of(new Value.Int(1), new Value.Text("x".repeat(70_000))), EVENT, Optional.empty());
            assertThatThrownBy(() -> store.write(TRIPS, List.of(wide)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContainingAll("'name'", "65535");
            assertThatThrownBy(() -> store.write(
                            TRIPS,
                            List.of(row(Instant.parse("2040-01-01T00:00:00Z"), Optional.empty(), Value.Null.NULL))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("2038");
        }
    }

    private static void assertRefused(MySqlOnlineStore store, FeatureView view, String why) {
        for (Runnable call : List.<Runnable>of(() -> store.plan(keep(view)), () -> store.update(keep(view)))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void saysWhatIsWrongWithTheServer() throws Exception {
        MySqlConfig wrongPassword = SHARED.server().config("falsch", TestServer.DATABASE);
        assertFails(wrongPassword, "did not accept the credentials");
        assertFails(SHARED.server().config(TestServer.PASSWORD, "absent"), "no database 'absent'");
        try (MySqlOnlineStore store = store("p")) {
            assertThatThrownBy(() -> read(store))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("Apply the repository first");
        }
    }

    private static void assertFails(MySqlConfig config, String why) {
        try (MySqlOnlineStore store = store("p", config)) {
            for (Runnable call : List.<Runnable>of(
                    () -> read(store),
                    () -> store.write(TRIPS, List.of(row(EVENT, Optional.empty(), Value.Null.NULL))),
                    () -> store.scan(TRIPS).close())) {
                StoreException failure = catchThrowableOfType(StoreException.class, call::run);
                assertThat(failure).hasMessageContaining(why).hasMessageNotContainingAny("falsch", "geheim");
                assertThat(failure.retryable()).isFalse();
                assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            }
        }
    }

    private static FeatureView view(String name) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(Field.of("trips", Scalar.INT64), Field.of("name", Scalar.STRING));
    }

    private static MySqlOnlineStore store(String project) {
        return store(project, SHARED.server().config());
    }

    private static MySqlOnlineStore store(String project, MySqlConfig config) {
        return new MySqlOnlineStore(config, KitContext.withoutArrow(project, Path.of(".")));
    }

    private static ViewChanges keep(FeatureView view) {
        return new ViewChanges(List.of(view), List.of());
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    private static OnlineRow row(Instant event, Optional<Instant> created, Value trips) {
        return new OnlineRow(key(1001), List.of(trips, Value.Null.NULL), event, created);
    }

    private static Lookup read(MySqlOnlineStore store) {
        return store.read(List.of(new OnlineRead(TRIPS, List.of(key(1001)), TRIPS.features())))
                .getFirst()
                .lookups()
                .getFirst();
    }
}

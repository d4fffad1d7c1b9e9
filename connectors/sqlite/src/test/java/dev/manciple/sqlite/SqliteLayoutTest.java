package dev.manciple.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file holds, byte for byte, as Feast 0.66 writes and reads it. */
class SqliteLayoutTest {
    private static final Instant EVENT = Instant.parse("2024-01-01T00:00:00.900Z");

    private final FeatureView view = view("driver stats");

    @TempDir
    Path folder;

    @Test
    void writesFeastsTableAndBytes() throws SQLException {
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            store.write(view, List.of(row(1001, EVENT, Optional.of(EVENT.plusSeconds(60)), 7)));
        }
        assertThat(query("SELECT name, type FROM pragma_table_info('p_driver stats')"))
                .containsExactly(
                        "entity_key|BLOB",
                        "feature_name|TEXT",
                        "value|BLOB",
                        "value_text|TEXT",
                        "vector_value|BLOB",
                        "event_ts|timestamp",
                        "created_ts|timestamp");
        assertThat(query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
                .containsExactly("p_driver stats_ek");
        assertThat(query("""
                                SELECT hex(entity_key), feature_name, hex(value), typeof(value), value_text, hex(vector_value), \
                                typeof(event_ts), event_ts, created_ts FROM "p_driver stats" ORDER BY feature_name\
                                """))
                .containsExactly(
                        KEY_1001 + "|name|1200|blob|||integer|1704067200|1704067260",
                        KEY_1001 + "|rate||blob|||integer|1704067200|1704067260",
                        KEY_1001 + "|trips|2007|blob|7||integer|1704067200|1704067260",
                        KEY_1001
                                + "|vector|8201 0A 0A08 0000003F000020C0|blob|||integer|1704067200|1704067260"
                                        .replace(" ", ""));
    }

    private static final String KEY_1001 = "0100000002000000090000006472697665725F69640400000008000000E903000000000000";

    @Test
    void writesRawVectorsWhenTheyAreEnabled() throws SQLException {
        try (SqliteOnlineStore store = store(config(true))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            store.write(view, List.of(row(1, EVENT, Optional.empty(), 7)));
        }
        assertThat(query("SELECT hex(vector_value) FROM \"p_driver stats\" WHERE feature_name = 'vector'"))
                .containsExactly(
                        HexFormat.of().withUpperCase().formatHex(new byte[] {0, 0, 0, 63, 0, 0, 0x20, (byte) 0xc0}));
    }

    @Test
    void completesTablesOfOlderFeastsWhenTheyAreApplied() throws SQLException {
        execute("CREATE TABLE \"p_driver stats\" (entity_key BLOB, feature_name TEXT, value BLOB, event_ts timestamp, "
                + "created_ts timestamp, PRIMARY KEY(entity_key, feature_name))");
        execute("INSERT INTO \"p_driver stats\" VALUES (x'" + KEY_1001 + "', 'trips', x'2005', 1704060000, NULL)");
        try (SqliteOnlineStore store = store(config(false))) {
            store.write(view, List.of(row(1002, EVENT, Optional.empty(), 7)));
            assertThat(found(store, 1001).values())
                    .containsExactly(
                            new Value.Int(5), Value.Missing.MISSING, Value.Missing.MISSING, Value.Missing.MISSING);

            ViewChanges changes = new ViewChanges(List.of(view), List.of());
            assertThat(store.plan(changes))
                    .containsExactly(new InfraChange(InfraChange.Action.ALTER, "sqlite", "table", "p_driver stats"));
            store.update(changes);
            assertThat(store.plan(changes)).isEmpty();
            store.write(view, List.of(row(1001, EVENT, Optional.empty(), 9)));
            assertThat(found(store, 1001).values().getFirst()).isEqualTo(new Value.Int(9));
        }
    }

    @Test
    void createsAFileOnlyWhenTablesAreToBeMade() {
        try (SqliteOnlineStore store = store(config(false))) {
            assertThat(store.plan(new ViewChanges(List.of(view), List.of())))
                    .containsExactly(new InfraChange(InfraChange.Action.CREATE, "sqlite", "table", "p_driver stats"));
            assertThatThrownBy(() -> store.read(List.of(new OnlineRead(view, List.of(key(1)), view.features()))))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("p_driver stats")
                    .hasMessageContaining("apply the repository first");
            assertThatThrownBy(() -> store.write(view, List.of(row(1, EVENT, Optional.empty(), 7))))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("apply the repository first");
            store.teardown(List.of(view));
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** As are left behind where a join key has changed its type. */
    @Test
    void searchesPassOverRowsWhoseKeyIsOfOtherColumns() {
        Field numbers = Field.of("numbers", new ValueType.ListOf(Scalar.INT64));
        FeatureView before = FeatureView.of("v")
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("id"))
                .entityColumns(List.of(Field.of("id", Scalar.STRING)))
                .features(numbers);
        FeatureView after = before.entityColumns(List.of(Field.of("id", Scalar.INT64)));
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(before), List.of()));
            store.write(before, List.of(vector(new Value.Text("1"), 1)));
            store.write(after, List.of(vector(new Value.Int(2), 3)));
            VectorQuery query = new VectorQuery(after, "numbers", List.of(1f), 1, "L2", List.of(numbers));
            assertThat(store.search(query)).singleElement().satisfies(found -> {
                assertThat(found.key().values()).containsExactly(new Value.Int(2));
                assertThat(found.distance()).isEqualTo(2);
            });
        }
    }

    private static OnlineRow vector(Value key, long number) {
        return new OnlineRow(
                new EntityKey(List.of("id"), List.of(key)),
                List.of(new Value.Many(List.of(new Value.Int(number)))),
                EVENT,
                Optional.empty());
    }

    /** Each writer opens the file on its own, as another process would. */
    @Test
    void keepsTheNewestOfConcurrentWriters() throws Exception {
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
        }
        int writers = 4;
        int events = 60;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (int w = 0; w < writers; w++) {
                int writer = w;
                running.add(threads.submit(() -> {
                    try (SqliteOnlineStore store = store(config(false))) {
                        start.await();
                        for (int e = 0; e < events; e++) {
                            int event = (e * 37 + writer * 11) % events;
                            store.write(view, List.of(row(1, EVENT.plusSeconds(event), Optional.empty(), event)));
                        }
                    }
                    return writer;
                }));
            }
            start.countDown();
            for (Future<?> one : running) {
                one.get();
            }
        }
        try (SqliteOnlineStore store = store(config(false))) {
            Lookup.Found found = found(store, 1);
            assertThat(found.values().getFirst()).isEqualTo(new Value.Int(events - 1));
            assertThat(found.eventTimes())
                    .containsOnly(Instant.parse("2024-01-01T00:00:00Z").plusSeconds(events - 1));
        }
    }

    @Test
    void givesEachFeatureItsOwnTime() {
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            store.write(view, List.of(row(1, EVENT, Optional.empty(), 7)));
            List<Value> tripsOnly =
                    List.of(new Value.Int(8), Value.Missing.MISSING, Value.Missing.MISSING, Value.Missing.MISSING);
            store.write(view, List.of(new OnlineRow(key(1), tripsOnly, EVENT.plusSeconds(90), Optional.empty())));
            Instant second = EVENT.truncatedTo(ChronoUnit.SECONDS);
            assertThat(found(store, 1).eventTimes()).containsExactly(second.plusSeconds(90), second, second, second);
        }
    }

    @Test
    void keepsTimesInUtcWhateverTheZoneOfTheMachine() throws SQLException {
        TimeZone machine = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            store.write(view, List.of(row(1, EVENT, Optional.of(EVENT), 7)));
            assertThat(query("SELECT DISTINCT typeof(event_ts), event_ts, created_ts FROM \"p_driver stats\""))
                    .containsExactly("integer|1704067200|1704067200");
            assertThat(found(store, 1).eventTimes()).containsOnly(Instant.ofEpochSecond(1704067200));
            assertThat(store.purge(view, Instant.ofEpochSecond(1704067200))).isZero();
            assertThat(store.purge(view, Instant.ofEpochSecond(1704067201))).isEqualTo(1);
        } finally {
            TimeZone.setDefault(machine);
        }
    }

    @Test
    void refusesATableAnotherProjectHas() {
        FeatureView ofLongName = view("b_c");
        FeatureView ofShortName = view("c");
        try (SqliteOnlineStore first = store("a");
                SqliteOnlineStore second = store("a_b")) {
            first.update(new ViewChanges(List.of(ofLongName), List.of()));
            first.write(ofLongName, List.of(row(1, EVENT, Optional.empty(), 7)));
            ViewChanges colliding = new ViewChanges(List.of(ofShortName), List.of());
            for (ThrowingCallable refused :
                    List.<ThrowingCallable>of(() -> second.plan(colliding), () -> second.update(colliding))) {
                assertThatThrownBy(refused)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("View 'c' of project 'a_b' and view 'b_c' of project 'a'")
                        .hasMessageContaining("'a_b_c'")
                        .hasMessageContaining("Rename one of them");
            }
            second.teardown(List.of(ofShortName));
            assertThat(lookup(first, ofLongName, 1)).isInstanceOf(Lookup.Found.class);

            first.teardown(List.of(ofLongName));
            second.update(colliding);
            assertThat(lookup(second, ofShortName, 1)).isEqualTo(Lookup.Absent.ABSENT);
        }
    }

    /** Every table has an index beside it, and SQLite takes a name once. */
    @Test
    void refusesATableCalledAsTheIndexOfAnother() {
        try (SqliteOnlineStore store = store("p")) {
            for (List<String> names : List.of(List.of("trips", "Trips_ek"), List.of("rides_ek", "rides"))) {
                store.update(new ViewChanges(List.of(view(names.getFirst())), List.of()));
                ViewChanges colliding = new ViewChanges(List.of(view(names.getLast())), List.of());
                for (ThrowingCallable refused :
                        List.<ThrowingCallable>of(() -> store.plan(colliding), () -> store.update(colliding))) {
                    assertThatThrownBy(refused)
                            .isInstanceOf(InvalidRequestException.class)
                            .hasMessageContaining("View '%s' of project 'p'", names.getLast())
                            .hasMessageContaining("view '%s' of project 'p'", names.getFirst());
                }
            }
        }
    }

    @Test
    void refusesJoinKeysThatCannotBeKeys() {
        FeatureView odd = view.entityColumns(List.of(Field.of("price", Scalar.DOUBLE)));
        ViewChanges changes = new ViewChanges(List.of(odd), List.of());
        try (SqliteOnlineStore store = store(config(false))) {
            for (ThrowingCallable refused :
                    List.<ThrowingCallable>of(() -> store.plan(changes), () -> store.update(changes))) {
                assertThatThrownBy(refused)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("'driver stats'")
                        .hasMessageContaining("price");
            }
        }
    }

    @Test
    void forgetsWhoseATableWasThatFeastDropped() throws SQLException {
        try (SqliteOnlineStore first = store("A");
                SqliteOnlineStore second = store("a")) {
            first.update(new ViewChanges(List.of(view("v")), List.of()));
            ViewChanges colliding = new ViewChanges(List.of(view("v")), List.of());
            assertThatThrownBy(() -> second.update(colliding)).isInstanceOf(InvalidRequestException.class);
            execute("DROP TABLE A_v");
            second.update(colliding);
            assertThatThrownBy(() -> first.update(colliding)).isInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void tellsThatATableIsGoneThatWasThere() throws SQLException {
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            store.write(view, List.of(row(1, EVENT, Optional.empty(), 7)));
            found(store, 1);
            execute("DROP TABLE \"p_driver stats\"");
            for (ThrowingCallable refused : List.<ThrowingCallable>of(
                    () -> found(store, 1),
                    () -> store.write(view, List.of(row(1, EVENT, Optional.empty(), 7))),
                    () -> store.purge(view, EVENT),
                    () -> store.scan(view).close())) {
                assertThatThrownBy(refused)
                        .isInstanceOf(NotFoundException.class)
                        .hasMessageContaining("apply the repository first");
            }
        }
    }

    @Test
    void waitsForItsTurnNoLongerThanItsThread() {
        SqliteConfig oneReader =
                new SqliteConfig("online.db", false, false, false, "cosine", Duration.ofSeconds(30), 1);
        try (SqliteOnlineStore store = store(oneReader)) {
            store.update(new ViewChanges(List.of(view), List.of()));
            try (Stream<OnlineRow> scan = store.scan(view)) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> found(store, 1))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("interrupted while waiting for its turn");
                assertThat(Thread.interrupted()).isTrue();
                assertThat(scan).isEmpty();
            }
        }
    }

    @Test
    void tellsAForeignFile() throws IOException {
        Files.writeString(folder.resolve("online.db"), "driver,trips\n".repeat(1000));
        try (SqliteOnlineStore store = store(config(false))) {
            assertThatThrownBy(() -> found(store, 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("online.db")
                    .hasMessageContaining("is not a SQLite database");
        }
    }

    @Test
    void undoesABatchThatFails() {
        try (SqliteOnlineStore store = store(config(false))) {
            store.update(new ViewChanges(List.of(view), List.of()));
            OnlineRow wrong = new OnlineRow(
                    key(2),
                    List.of(new Value.Text("seven"), Value.Null.NULL, Value.Null.NULL, Value.Null.NULL),
                    EVENT,
                    Optional.empty());
            assertThatThrownBy(() -> store.write(view, List.of(row(1, EVENT, Optional.empty(), 7), wrong)))
                    .isInstanceOf(RuntimeException.class);
            assertThat(store.read(List.of(new OnlineRead(view, List.of(key(1)), view.features())))
                            .getFirst()
                            .lookups())
                    .containsExactly(Lookup.Absent.ABSENT);
        }
    }

    private static FeatureView view(String name) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("drivers.parquet"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(
                        Field.of("trips", Scalar.INT64),
                        Field.of("name", Scalar.STRING),
                        Field.of("rate", Scalar.FLOAT),
                        Field.of("vector", new ValueType.ListOf(Scalar.FLOAT)));
    }

    private Lookup.Found found(SqliteOnlineStore store, long driver) {
        return (Lookup.Found) lookup(store, view, driver);
    }

    private static Lookup lookup(SqliteOnlineStore store, FeatureView view, long driver) {
        return store.read(List.of(new OnlineRead(view, List.of(key(driver)), view.features())))
                .getFirst()
                .lookups()
                .getFirst();
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    private static OnlineRow row(long driver, Instant event, Optional<Instant> created, long trips) {
        return new OnlineRow(
                key(driver),
                List.of(
                        new Value.Int(trips),
                        new Value.Text(""),
                        Value.Null.NULL,
                        new Value.Many(List.of(new Value.Real(0.5), new Value.Real(-2.5)))),
                event,
                created);
    }

    private SqliteOnlineStore store(String project) {
        return new SqliteOnlineStore(config(false), KitContext.withoutArrow(project, folder));
    }

    private SqliteOnlineStore store(SqliteConfig config) {
        return new SqliteOnlineStore(config, KitContext.withoutArrow("p", folder));
    }

    private static SqliteConfig config(boolean vectors) {
        return new SqliteConfig("online.db", false, false, vectors, "cosine", Duration.ofSeconds(30), 4);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> query(String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String cell = rows.getString(i);
                    cells.add(cell == null ? "" : cell);
                }
                lines.add(String.join("|", cells));
            }
        }
        return lines;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("online.db"));
    }
}

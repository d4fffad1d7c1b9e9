package dev.manciple.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tables are Feast's, and what goes wrong in them is said. */
class PostgresLayoutTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00.123456Z");
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final Field NOTE = Field.of("note", Scalar.STRING);

    private final TestServer server = TestServer.shared();
    private final List<OnlineStore> opened = new ArrayList<>();
    private String schema = "";

    @BeforeEach
    void createSchema() {
        schema = server.createSchema();
    }

    @AfterEach
    void dropSchema() {
        opened.forEach(OnlineStore::close);
        server.dropSchema(schema);
    }

    private OnlineStore open(String project, Map<String, Object> more) {
        Map<String, Object> options = server.options(schema);
        options.putAll(more);
        OnlineStore store = new PostgresOnlineStore(
                new ConfigBinder().bind("test", PostgresOnlineConfig.class, options),
                KitContext.withoutArrow(project, Path.of("")));
        opened.add(store);
        return store;
    }

    private OnlineStore open(String project) {
        return open(project, Map.of());
    }

    private static FeatureView view(String name) {
        return FeatureView.of(name)
                .source(DataSource.Batch.files("unused.parquet"))
                .entities(List.of("driver_id"))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
                .features(SCORE, NOTE);
    }

    private static ViewChanges keep(FeatureView... views) {
        return new ViewChanges(List.of(views), List.of());
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    private static OnlineRow row(long driver, long score) {
        return new OnlineRow(
                key(driver), List.of(new Value.Int(score), new Value.Text("it's")), NOON, Optional.of(NOON));
    }

    private static List<Lookup> read(OnlineStore store, FeatureView view, EntityKey... keys) {
        return store.read(List.of(new OnlineRead(view, List.of(keys), view.features())))
                .getFirst()
                .lookups();
    }

    private List<List<String>> query(String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            statement.execute("SET search_path = \"%s\"".formatted(schema));
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<List<String>> all = new ArrayList<>();
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(rows.getString(i)));
                    }
                    all.add(row);
                }
                return all;
            }
        }
    }

    @Test
    void aTableHasTheColumnsOfFeast() throws SQLException {
        open("p").update(keep(view("drivers")));
        assertThat(
                        query(
                                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'p_drivers' AND table_schema = current_schema() ORDER BY ordinal_position"))
                .containsExactly(
                        List.of("entity_key", "bytea"),
                        List.of("feature_name", "text"),
                        List.of("value", "bytea"),
                        List.of("value_text", "text"),
                        List.of("vector_value", "bytea"),
                        List.of("event_ts", "timestamp with time zone"),
                        List.of("created_ts", "timestamp with time zone"));
        assertThat(
                        query(
                                "SELECT indexname FROM pg_indexes WHERE tablename = 'p_drivers' AND schemaname = current_schema() ORDER BY 1"))
                .containsExactly(List.of("p_drivers_ek"), List.of("p_drivers_fts_idx"), List.of("p_drivers_pkey"));
    }

    /** Somebody holds the table, and nobody waits for as long: they leave nothing at work, and their connections are good. */
    @Test
    @Timeout(120)
    void whatIsGivenUpEndsInTheServerToo() throws Exception {
        FeatureView held = view("held");
        OnlineStore store = open("p", Map.of("max_conn", 1));
        store.update(keep(held));
        store.write(held, List.of(row(7, 10)));
        read(store, held, key(7));
        String connections =
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'manciple' AND query LIKE '%%\"%s\"%%'"
                        .formatted(schema);
        List<List<String>> before = query(connections);
        assertThat(before).hasSize(1);
        List<Runnable> calls = List.of(() -> read(store, held, key(7)), () -> store.write(held, List.of(row(7, 11))));
        try (Connection holder = server.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE \"%s\".p_held IN ACCESS EXCLUSIVE MODE".formatted(schema));
            for (int i = 0; i < 6; i++) {
                Runnable call = calls.get(i % 2);
                FutureTask<StoreException> waiting =
                        new FutureTask<>(() -> catchThrowableOfType(StoreException.class, call::run));
                Thread caller = Thread.startVirtualThread(waiting);
                String blocked = connections + " AND wait_event_type = 'Lock'";
                Await.until("a call waits in the server", () -> query(blocked), pids -> pids.size() == 1);
                caller.interrupt();
                assertThat(waiting.get().outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
                Await.until("none waits in the server", () -> query(blocked), List::isEmpty);
            }
            holder.rollback();
        }
        assertThat(read(store, held, key(7)))
                .first()
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.values()).first().isEqualTo(new Value.Int(10)));
        assertThat(query(connections)).as("the same connection all along").isEqualTo(before);
    }

    @Test
    void aRowIsWrittenAsFeastWritesIt() throws SQLException {
        OnlineStore store = open("p", Map.of("enable_openai_compatible_store", true));
        store.update(keep(view("drivers")));
        store.write(view("drivers"), List.of(row(7, 10)));
        String encoded = HexFormat.of()
                .formatHex(EntityKeyCodec.of(view("drivers").entityColumns()).encode(key(7)));
        assertThat(
                        query(
                                "SELECT encode(entity_key, 'hex'), feature_name, encode(value, 'hex'), value_text, value_num, event_ts, created_ts FROM p_drivers ORDER BY 2"))
                .containsExactly(
                        List.of(
                                encoded,
                                "note",
                                "120469742773",
                                "it's",
                                "null",
                                "2025-06-01 12:00:00.123456+00",
                                "2025-06-01 12:00:00.123456+00"),
                        List.of(
                                encoded,
                                "score",
                                "200a",
                                "10",
                                "10",
                                "2025-06-01 12:00:00.123456+00",
                                "2025-06-01 12:00:00.123456+00"));
    }

    @Test
    void aRowThatFeastWroteIsRead() throws SQLException {
        OnlineStore store = open("p");
        store.update(keep(view("drivers")));
        try (Connection connection = server.connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO \"%s\".p_drivers (entity_key, feature_name, value, event_ts) VALUES (?, 'score', ?, '2025-06-01 12:00:00.123456+00')"
                                .formatted(schema))) {
            insert.setBytes(
                    1, EntityKeyCodec.of(view("drivers").entityColumns()).encode(key(1)));
            insert.setBytes(2, ValueCodec.encode(new Value.Int(5), Scalar.INT64));
            insert.executeUpdate();
        }
        assertThat(read(store, view("drivers"), key(1)).getFirst())
                .isInstanceOfSatisfying(Lookup.Found.class, found -> {
                    assertThat(found.values()).containsExactly(new Value.Int(5), Value.Missing.MISSING);
                    assertThat(found.eventTimes().getFirst()).isEqualTo(NOON);
                });
    }

    @Test
    void viewsThatWouldShareATableAreRefusedNamingBoth() {
        OnlineStore first = open("a");
        first.update(keep(view("b_c")));
        first.write(view("b_c"), List.of(row(1, 10)));
        OnlineStore second = open("a_b");
        for (Runnable attempt :
                List.<Runnable>of(() -> second.plan(keep(view("c"))), () -> second.update(keep(view("c"))))) {
            assertThatThrownBy(attempt::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("view 'b_c' of project 'a'")
                    .hasMessageContaining("view 'c' of project 'a_b'");
        }
        second.teardown(List.of(view("c")));
        assertThat(read(first, view("b_c"), key(1)).getFirst()).isInstanceOf(Lookup.Found.class);
    }

    /** Tables and indexes share one space of names; IF NOT EXISTS would take the index for the table. */
    @Test
    void aTableCalledAsTheIndexOfAnotherIsRefused() {
        OnlineStore store = open("p");
        store.update(keep(view("trips")));
        store.write(view("trips"), List.of(row(1, 10)));
        for (String name : List.of("trips_ek", "trips_fts_idx", "trips_pkey")) {
            for (Runnable attempt :
                    List.<Runnable>of(() -> store.plan(keep(view(name))), () -> store.update(keep(view(name))))) {
                assertThatThrownBy(attempt::run)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("view '%s' of project 'p'", name)
                        .hasMessageContaining("view 'trips' of project 'p'");
            }
            store.teardown(List.of(view(name)));
        }
        assertThat(read(store, view("trips"), key(1)).getFirst()).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void keysOfATypeFeastLacksAreRefusedWhenViewsAreApplied() {
        FeatureView odd = view("drivers").entityColumns(List.of(Field.of("price", Scalar.DOUBLE)));
        OnlineStore store = open("p");
        for (Runnable attempt : List.<Runnable>of(() -> store.plan(keep(odd)), () -> store.update(keep(odd)))) {
            assertThatThrownBy(attempt::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("View 'drivers'")
                    .hasMessageContaining("price");
        }
    }

    @Test
    void aPlanNamesTheTablesThatAreCreatedChangedAndDropped() throws SQLException {
        OnlineStore store = open("p");
        ViewChanges dropping = new ViewChanges(List.of(), List.of(view("drivers")));
        assertThat(store.plan(keep(view("drivers")))).containsExactly(table(Action.CREATE));
        assertThat(store.plan(dropping)).isEmpty();
        store.update(keep(view("drivers")));
        assertThat(store.plan(keep(view("drivers")))).isEmpty();
        assertThat(open("p", Map.of("enable_openai_compatible_store", true)).plan(keep(view("drivers"))))
                .containsExactly(table(Action.ALTER));
        assertThat(store.plan(dropping)).containsExactly(table(Action.DROP));
        assertThat(query("SELECT count(*) FROM p_drivers")).containsExactly(List.of("0"));
    }

    private static InfraChange table(Action action) {
        return new InfraChange(action, "postgres", "table", "p_drivers");
    }

    @Test
    void aNameTheServerWouldCutIsRefused() {
        OnlineStore store = open("project");
        FeatureView view = view("v".repeat(56));
        assertThatThrownBy(() -> store.plan(keep(view)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(view.name())
                .hasMessageContaining("'project'")
                .hasMessageContaining("64 bytes");
        FeatureView longest = view("v".repeat(55));
        store.update(keep(longest));
        store.write(longest, List.of(row(1, 10)));
        assertThat(read(store, longest, key(1)).getFirst()).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void vectorsAreRefusedWhenViewsAreApplied() {
        OnlineStore store = open("p", Map.of("vector_enabled", true));
        assertThatThrownBy(() -> store.update(keep(view("drivers"))))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("pgvector");
    }

    @Test
    void aViewThatWasNotAppliedIsNamed() {
        OnlineStore store = open("p");
        assertThatThrownBy(() -> read(store, view("drivers"), key(1)))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("p_drivers");
        assertThatThrownBy(() -> store.write(view("drivers"), List.of(row(1, 1))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("p_drivers");
    }

    @Test
    void connectionsThatWereCutAreReplaced() throws SQLException {
        OnlineStore store = open("cut", Map.of("max_conn", 1));
        store.update(keep(view("drivers")));
        store.write(view("drivers"), List.of(row(1, 10)));
        server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'manciple' AND query LIKE '%cut_drivers%'");
        for (int attempt = 0; ; attempt++) {
            try {
                assertThat(read(store, view("drivers"), key(1)).getFirst()).isInstanceOf(Lookup.Found.class);
                return;
            } catch (StoreException e) {
                assertThat(e.retryable()).isTrue();
                assertThat(attempt).as("attempts in vain").isLessThan(3);
            }
        }
    }
}

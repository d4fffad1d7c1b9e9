package dev.manciple.cassandra;

import static dev.manciple.cassandra.Drivers.EVENT;
import static dev.manciple.cassandra.Drivers.VIEW;
import static dev.manciple.cassandra.Drivers.found;
import static dev.manciple.cassandra.Drivers.keep;
import static dev.manciple.cassandra.Drivers.read;
import static dev.manciple.cassandra.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the tables hold, as Feast 0.66 writes and reads them. */
@Timeout(120)
class CassandraLayoutTest {
    private static final String KEY_1001 = "0100000002000000090000006472697665725f69640400000008000000e903000000000000";

    private TestKeyspace keyspace;
    private OnlineStore store;

    @BeforeEach
    void open() {
        keyspace = new TestKeyspace();
        store = Drivers.cassandra("p", keyspace, Map.of());
        store.update(keep(VIEW));
    }

    @AfterEach
    void close() {
        store.close();
        keyspace.close();
    }

    @Test
    void writesFeastsTableAndBytes() {
        assertThat(query("SELECT column_name, type, kind, clustering_order FROM system_schema.columns "
                        + "WHERE keyspace_name = '%s' AND table_name = 'p_stats'"))
                .containsExactlyInAnyOrder(
                        "entity_key|text|partition_key|none",
                        "feature_name|text|clustering|asc",
                        "value|blob|regular|none",
                        "event_ts|timestamp|regular|none",
                        "created_ts|timestamp|regular|none");
        store.write(
                VIEW,
                List.of(new OnlineRow(
                        Drivers.key(1001),
                        List.of(new Value.Int(7), Value.Null.NULL),
                        EVENT.plusNanos(456_000),
                        Optional.of(EVENT))));
        assertThat(query("SELECT entity_key, feature_name, value, event_ts, created_ts FROM %s.p_stats"))
                .containsExactly(
                        KEY_1001 + "|rate|0x|2024-01-01T00:00:00.123Z|",
                        KEY_1001 + "|trips|0x2007|2024-01-01T00:00:00.123Z|");
    }

    @Test
    void readsWhatFeastWrote() {
        feastWrites("trips", "0x2007", EVENT);
        feastWrites("rate", "0x350000003f", EVENT.plusSeconds(1));
        assertThat(read(store, 1001))
                .isEqualTo(new Lookup.Found(
                        List.of(new Value.Int(7), new Value.Real(0.5)), List.of(EVENT, EVENT.plusSeconds(1))));
    }

    @Test
    void comparesWithWhatFeastWrote() {
        feastWrites("trips", "0x2007", EVENT);
        feastWrites("rate", "0x350000003f", EVENT);
        store.write(VIEW, List.of(row(1001, EVENT.minusSeconds(1), 1)));
        assertThat(read(store, 1001)).isEqualTo(found(EVENT, 7));
        store.write(VIEW, List.of(row(1001, EVENT.plusSeconds(1), 8)));
        assertThat(read(store, 1001)).isEqualTo(found(EVENT.plusSeconds(1), 8));
    }

    @Test
    void leavesTablesOfFeastAsTheyAre() {
        keyspace.session().execute("""
                        CREATE TABLE %s.q_stats (entity_key text, feature_name text, value blob, event_ts timestamp, \
                        created_ts timestamp, PRIMARY KEY ((entity_key), feature_name)) \
                        WITH CLUSTERING ORDER BY (feature_name ASC)""".formatted(keyspace.name()));
        try (OnlineStore other = Drivers.cassandra("q", keyspace, Map.of())) {
            assertThat(other.plan(keep(VIEW))).isEmpty();
            other.write(VIEW, List.of(row(1, EVENT, 1)));
            assertThat(read(other, 1)).isEqualTo(found(EVENT, 1));
            other.teardown(List.of(VIEW));
        }
        assertThat(tables()).containsExactly("p_stats");
    }

    /** Feast's write has the stamp of its clock, which is newer than that of any event of the past. */
    @Test
    void refusesToStampOverWhatFeastWroteAndTellsWhichRowsAreStored() {
        feastWrites("trips", "0x2007", EVENT);
        try (OnlineStore stamping =
                Drivers.cassandra("p", keyspace, Map.of("newest_wins", "timestamp", "write_concurrency", 1))) {
            List<OnlineRow> rows = List.of(row(1, EVENT, 1), row(1001, EVENT.plusSeconds(9), 8), row(2, EVENT, 2));
            StoreException failure = catchThrowableOfType(StoreException.class, () -> stamping.write(VIEW, rows));
            assertThat(failure)
                    .hasMessageContaining("'trips'")
                    .hasMessageContaining(KEY_1001)
                    .hasMessageContaining("newest_wins: lwt");
            assertThat(failure.applied()).contains(0).doesNotContain(1);
            assertThat(failure.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
            assertThat(read(stamping, 1)).isEqualTo(found(EVENT, 1));
            assertThat(read(stamping, 2))
                    .isEqualTo(failure.applied().contains(2) ? found(EVENT, 2) : Lookup.Absent.ABSENT);
            assertThat(((Lookup.Found) read(stamping, 1001)).values().getFirst())
                    .isEqualTo(new Value.Int(7));
        }
    }

    @Test
    void stampsWritesWithTheirEventTime() {
        try (OnlineStore stamping = Drivers.cassandra("s", keyspace, Map.of("newest_wins", "timestamp"))) {
            stamping.update(keep(VIEW));
            stamping.write(VIEW, List.of(row(1001, EVENT, 1)));
            stamping.write(VIEW, List.of(row(1001, EVENT, 2)));
            assertThat(query("SELECT feature_name, writetime(value) FROM %s.s_stats"))
                    .containsExactly("rate|1704067200123001", "trips|1704067200123001");
            assertThat(read(stamping, 1001)).isEqualTo(found(EVENT, 2));
        }
    }

    @Test
    void refusesTheTableOfAnotherProjectNamingBoth() {
        FeatureView first = view("b_c");
        FeatureView second = view("c");
        try (OnlineStore a = Drivers.cassandra("a", keyspace, Map.of());
                OnlineStore ab = Drivers.cassandra("a_b", keyspace, Map.of())) {
            a.update(keep(first));
            a.write(first, List.of(row(1, EVENT, 1)));
            for (Runnable refused : List.<Runnable>of(() -> ab.plan(keep(second)), () -> ab.update(keep(second)))) {
                assertThatThrownBy(refused::run)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("project=a, feature_view=b_c")
                        .hasMessageContaining("project=a_b, feature_view=c")
                        .hasMessageContaining("a_b_c");
            }
            assertThat(ab.plan(new ViewChanges(List.of(), List.of(second)))).isEmpty();
            ab.update(new ViewChanges(List.of(), List.of(second)));
            ab.teardown(List.of(second));
            assertThat(read(a, first, Drivers.key(1))).isEqualTo(found(EVENT, 1));
        }
    }

    @Test
    void refusesKeysFeastCannotStoreAtApply() {
        FeatureView odd = view("odd").entityColumns(List.of(Field.of("weight", Scalar.DOUBLE)));
        for (Runnable refused : List.<Runnable>of(() -> store.plan(keep(odd)), () -> store.update(keep(odd)))) {
            assertThatThrownBy(refused::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'odd'")
                    .hasMessageContaining("'weight'");
        }
        assertThat(tables()).containsExactly("p_stats");
    }

    @Test
    void plansTablesByName() {
        FeatureView tooLong = view("a_view_whose_name_is_much_longer_than_a_table_s_may_be");
        List<InfraChange> plan = store.plan(new ViewChanges(List.of(tooLong), List.of(VIEW)));
        assertThat(plan).hasSize(2);
        assertThat(plan.getFirst().action()).isEqualTo(Action.CREATE);
        assertThat(plan.getFirst().name())
                .matches("p_a_view_whose_name_is_much_lon_[0-9a-f]{16}")
                .hasSize(48);
        assertThat(plan.getLast()).isEqualTo(new InfraChange(Action.DROP, "cassandra", "table", "p_stats"));
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> read(store, view("never_applied"), Drivers.key(1)))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("p_never_applied")
                .hasMessageContaining("apply the repository first");
        assertThatThrownBy(() -> store.write(view("never_applied"), List.of(row(1, EVENT, 1))))
                .isInstanceOf(NotFoundException.class);
        try (OnlineStore lost = Drivers.cassandra("p", keyspace, Map.of("keyspace", "nowhere"))) {
            assertThatThrownBy(() -> lost.plan(keep(VIEW)))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("nowhere")
                    .hasMessageContaining("CREATE KEYSPACE");
        }
    }

    @Test
    void noticesThatATableWasDroppedBehindItsBack() {
        store.write(VIEW, List.of(row(1, EVENT, 1)));
        assertThat(read(store, 1)).isEqualTo(found(EVENT, 1));
        keyspace.session().execute("DROP TABLE %s.p_stats".formatted(keyspace.name()));
        assertThatThrownBy(() -> read(store, 1)).isInstanceOf(NotFoundException.class);
        store.update(keep(VIEW));
        assertThat(read(store, 1)).isEqualTo(Lookup.Absent.ABSENT);
    }

    @Test
    void letsRowsExpireWhereThatIsWanted() {
        FeatureView brief = view("brief").ttl(Duration.ofHours(1));
        try (OnlineStore expiring = Drivers.cassandra("p", keyspace, Map.of("expire_rows", true))) {
            expiring.update(keep(brief));
            expiring.write(brief, List.of(row(1, EVENT, 1)));
            store.write(brief, List.of(row(2, EVENT, 2)));
            List<Integer> ttls = new ArrayList<>();
            for (Row row : keyspace.session().execute("SELECT ttl(value) FROM %s.p_brief".formatted(keyspace.name()))) {
                ttls.add(row.isNull(0) ? 0 : row.getInt(0));
            }
            assertThat(ttls)
                    .hasSize(4)
                    .filteredOn(ttl -> ttl > 3000 && ttl <= 3600)
                    .hasSize(2);
            assertThat(ttls).filteredOn(ttl -> ttl == 0).hasSize(2);
        }
    }

    @Test
    void givesScyllaDbItsKeyspaceAndCreatedTimes() {
        Map<String, Object> own = Map.of("keyspace", keyspace.name() + "_scylla", "replication_factor", 1);
        FeatureView brief = view("brief").ttl(Duration.ofHours(1));
        try (OnlineStore scylla = Drivers.store(new ScyllaDbOnlineStoreFactory(), "p", keyspace.options(), own)) {
            assertThat(scylla.plan(keep(brief)))
                    .containsExactly(
                            new InfraChange(Action.CREATE, "scylladb", "keyspace", keyspace.name() + "_scylla"),
                            new InfraChange(Action.CREATE, "scylladb", "table", "p_brief"));
            scylla.update(keep(brief));
            assertThat(scylla.plan(keep(brief))).isEmpty();
            scylla.write(
                    brief,
                    List.of(new OnlineRow(
                            Drivers.key(1001),
                            List.of(new Value.Int(7), Value.Missing.MISSING),
                            EVENT,
                            Optional.of(EVENT.plusSeconds(5)))));
            Row row = keyspace.session()
                    .execute("SELECT created_ts, ttl(value) FROM %s_scylla.p_brief".formatted(keyspace.name()))
                    .all()
                    .getFirst();
            assertThat(row.getInstant(0)).isEqualTo(EVENT.plusSeconds(5));
            assertThat(row.getInt(1)).isBetween(3000, 3600);
        } finally {
            keyspace.session().execute("DROP KEYSPACE %s_scylla".formatted(keyspace.name()));
        }
    }

    private static FeatureView view(String name) {
        return FeatureView.of(name)
                .source(VIEW.source().orElseThrow())
                .entities(VIEW.entities())
                .entityColumns(VIEW.entityColumns())
                .features(VIEW.features());
    }

    /** As Feast's statement does: an insert with the client's clock as its stamp. */
    private void feastWrites(String feature, String value, Instant event) {
        keyspace.session()
                .execute(
                        "INSERT INTO \"%s\".\"p_stats\" (feature_name, value, entity_key, event_ts) VALUES ('%s', %s, '%s', %d)"
                                .formatted(keyspace.name(), feature, value, KEY_1001, event.toEpochMilli()));
    }

    private List<String> tables() {
        return query("SELECT table_name FROM system_schema.tables WHERE keyspace_name = '%s'");
    }

    private List<String> query(String cql) {
        List<String> lines = new ArrayList<>();
        for (Row row : keyspace.session().execute(cql.formatted(keyspace.name()))) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                Object cell = row.getObject(i);
                cells.add(
                        cell == null
                                ? ""
                                : cell instanceof ByteBuffer bytes ? Bytes.toHexString(bytes) : cell.toString());
            }
            lines.add(String.join("|", cells));
        }
        return lines;
    }
}

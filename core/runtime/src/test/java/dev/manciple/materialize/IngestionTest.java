package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.CUSTOMER;
import static dev.manciple.fixture.Definitions.DRIVER;
import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.PushReport;
import dev.manciple.PushTarget;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryOfflineStore;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.Preserved;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestionTest {
    private static final Instant TIME = Instant.parse("2025-03-01T12:00:00.123456Z");
    private static final Instant CREATED = Instant.parse("2025-03-01T12:00:05Z");

    private static final DataSource.Batch HISTORY = DataSource.Batch.files("stats.parquet")
            .name("stats")
            .eventTime("ts")
            .createdTime("written")
            .fieldMapping(Map.of("ts", "event_time", "cr", "conv_rate"));
    private static final DataSource.Push PUSH = DataSource.Push.of("stats_push", HISTORY);

    private static final FeatureView PUSHED = DRIVER_STATS.source(PUSH);
    private static final FeatureView PUSHED_TRIPS = FeatureView.of("trips_only")
            .source(PUSH)
            .entities(DRIVER)
            .entityColumns(DRIVER_STATS.entityColumns())
            .features(Field.of("trips", ValueType.Scalar.INT64));

    private static final List<Field> COLUMNS = List.of(
            Field.of("driver_id", ValueType.Scalar.INT32),
            Field.of("conv_rate", ValueType.Scalar.DOUBLE),
            Field.of("trips", ValueType.Scalar.STRING),
            Field.of("event_time", ValueType.Scalar.UNIX_TIMESTAMP),
            Field.of("written", ValueType.Scalar.UNIX_TIMESTAMP));

    private final BufferAllocator allocator = new RootAllocator();
    private final MemoryOnlineStore online = new MemoryOnlineStore();
    private final MemoryOfflineStore offline = new MemoryOfflineStore();
    private RegistrySnapshot snapshot = Definitions.snapshot(DRIVER, CUSTOMER, PUSH, PUSHED, PUSHED_TRIPS, ORDERS);
    private final Ingestion ingestion = new Ingestion(() -> snapshot, offline, online, allocator, 2);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void pushedRowsReachEveryViewOfTheSource() {
        PushReport report = push(PushTarget.ONLINE, rows(3));
        assertThat(report.failedViews()).isEmpty();
        assertThat(report.rowsByView()).containsExactly(Map.entry("driver_stats", 3L), Map.entry("trips_only", 3L));
        assertThat(online.scan(PUSHED))
                .contains(new OnlineRow(
                        new EntityKey(List.of("driver_id"), List.of(new Value.Int(1))),
                        List.of(new Value.Real(0.5), new Value.Int(10)),
                        TIME,
                        Optional.of(CREATED)));
        assertThat(online.scan(PUSHED_TRIPS)).hasSize(3);
        assertThat(offline.rows("stats")).isEmpty();
    }

    @Test
    void pushedRowsReachViewsThatOnlyFeastDefines() {
        snapshot = Definitions.snapshot(
                DRIVER,
                new Preserved(
                        Definition.Kind.STREAM_FEATURE_VIEW,
                        PUSHED.name(),
                        ByteBuffer.allocate(0),
                        Optional.of(PUSHED)));
        assertThat(push(PushTarget.BOTH, rows(3)).rowsByView()).containsExactly(Map.entry("driver_stats", 3L));
        assertThat(online.scan(PUSHED)).hasSize(3);
        assertThat(offline.rows("stats")).hasSize(3);
    }

    @Test
    void offlineTheRowsAreAppendedOnceThoughTwoViewsShareTheHistory() {
        PushReport report = push(PushTarget.OFFLINE, rows(3));
        assertThat(report.rowsByView()).containsExactly(Map.entry("driver_stats", 3L), Map.entry("trips_only", 3L));
        assertThat(offline.rows("stats")).hasSize(3);
        assertThat(online.scan(PUSHED)).isEmpty();
    }

    @Test
    void bothTargetsShareOnePassOverTheRows() {
        PushReport report = push(PushTarget.BOTH, rows(5));
        assertThat(report.failedViews()).isEmpty();
        assertThat(offline.rows("stats")).hasSize(5);
        assertThat(online.scan(PUSHED)).hasSize(5);
        assertThat(online.scan(PUSHED_TRIPS)).hasSize(5);
    }

    @Test
    void aFailingOfflineStoreDoesNotKeepRowsFromTheOnlineOne() {
        offline.refuseWrites();
        PushReport report = push(PushTarget.BOTH, rows(5));
        assertThat(report.failedViews()).containsOnlyKeys("driver_stats", "trips_only");
        assertThat(report.failedViews().get("driver_stats")).isInstanceOf(UnsupportedException.class);
        assertThat(online.scan(PUSHED)).hasSize(5);
    }

    @Test
    void aViewWhoseColumnsAreMissingFailsAlone() {
        List<Field> columns = COLUMNS.stream()
                .filter(column -> !column.name().equals("conv_rate"))
                .toList();
        List<List<Value>> rows =
                List.of(List.of(new Value.Int(1), new Value.Text("10"), new Value.Time(TIME), new Value.Time(CREATED)));
        PushReport report = push(PushTarget.ONLINE, columns, rows);
        assertThat(report.rowsByView()).containsEntry("trips_only", 1L);
        assertThat(report.failedViews()).containsOnlyKeys("driver_stats");
        assertThat(report.failedViews().get("driver_stats"))
                .hasMessage("The rows lack columns of feature view 'driver_stats': conv_rate."
                        + " They have: driver_id, trips, event_time, written");
    }

    @Test
    void theEventTimeMayGoByTheSourcesOwnName() {
        List<Field> columns = new ArrayList<>(COLUMNS);
        columns.set(3, Field.of("ts", ValueType.Scalar.UNIX_TIMESTAMP));
        assertThat(push(PushTarget.ONLINE, columns, rows(1)).rowsByView()).containsEntry("driver_stats", 1L);
        columns.set(3, Field.of("when", ValueType.Scalar.UNIX_TIMESTAMP));
        assertThat(push(PushTarget.ONLINE, columns, rows(1)).failedViews().get("driver_stats"))
                .hasMessageContaining("ts (the event time)");
    }

    @Test
    void theCreatedTimeMayBeMissing() {
        List<List<Value>> rows =
                List.of(List.of(new Value.Int(1), new Value.Real(0.5), new Value.Text("10"), new Value.Time(TIME)));
        push(PushTarget.ONLINE, COLUMNS.subList(0, 4), rows);
        assertThat(online.scan(PUSHED))
                .singleElement()
                .satisfies(row -> assertThat(row.created()).isEmpty());
    }

    @Test
    void aBadRowFailsTheViewAndNamesTheRow() {
        List<List<Value>> rows = rows(4);
        rows.set(
                3,
                List.of(
                        Value.Null.NULL,
                        new Value.Real(1),
                        new Value.Text("1"),
                        new Value.Time(TIME),
                        Value.Null.NULL));
        PushReport report = push(PushTarget.ONLINE, rows);
        assertThat(report.failedViews()).containsOnlyKeys("driver_stats", "trips_only");
        assertThat(report.failedViews().get("driver_stats")).hasMessageContaining("Row 4 has a null join key");
        List<List<Value>> untyped = rows(1);
        untyped.set(
                0,
                List.of(
                        new Value.Int(1),
                        new Value.Real(1),
                        new Value.Text("ten"),
                        new Value.Time(TIME),
                        Value.Null.NULL));
        assertThat(push(PushTarget.ONLINE, untyped).failedViews().get("trips_only"))
                .hasMessageContaining("'trips'")
                .hasMessageContaining("ten");
    }

    @Test
    void rowsWithoutATimeAreRefused() {
        List<List<Value>> rows = rows(1);
        rows.set(
                0, List.of(new Value.Int(7), new Value.Real(1), new Value.Text("1"), Value.Null.NULL, Value.Null.NULL));
        assertThat(push(PushTarget.ONLINE, rows).failedViews().get("driver_stats"))
                .hasMessageContaining("no time in 'event_time'");
    }

    @Test
    void noRowsAreFine() {
        assertThat(push(PushTarget.BOTH, List.of()).rowsByView())
                .containsExactly(Map.entry("driver_stats", 0L), Map.entry("trips_only", 0L));
    }

    @Test
    void anUnknownPushSourceNamesThoseThereAre() {
        assertThatThrownBy(() -> ingestion.push("stats", reader(COLUMNS, List.of()), PushTarget.ONLINE))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("Push source 'stats' does not exist. Enabled feature views are fed by: stats_push");
        snapshot = Definitions.snapshot(ORDERS);
        assertThatThrownBy(() -> ingestion.push("stats", reader(COLUMNS, List.of()), PushTarget.ONLINE))
                .hasMessageContaining("No enabled feature view is fed by a push source.");
    }

    @Test
    void oneViewIsWrittenByName() throws IOException {
        try (ArrowReader rows = reader(COLUMNS, rows(2))) {
            assertThat(ingestion.writeOnline("trips_only", rows).rowsByView())
                    .containsExactly(Map.entry("trips_only", 2L));
        }
        try (ArrowReader rows = reader(COLUMNS, rows(2))) {
            assertThat(ingestion.writeOffline("driver_stats", rows).rowsByView())
                    .containsExactly(Map.entry("driver_stats", 2L));
        }
        assertThat(online.scan(PUSHED)).isEmpty();
        assertThat(offline.rows("stats")).hasSize(2);
    }

    @Test
    void viewsThatAreNotServedTakeNoOnlineRows() {
        snapshot = Definitions.snapshot(PUSHED.online(false), PUSHED_TRIPS);
        assertThat(push(PushTarget.ONLINE, rows(1)).rowsByView()).containsOnlyKeys("trips_only");
        assertThatThrownBy(() -> ingestion.writeOnline("driver_stats", reader(COLUMNS, List.of())))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("not configured to be served online");
    }

    private PushReport push(PushTarget to, List<List<Value>> rows) {
        return push(to, COLUMNS, rows);
    }

    private PushReport push(PushTarget to, List<Field> columns, List<List<Value>> rows) {
        try (ArrowReader reader = reader(columns, rows)) {
            return ingestion.push("stats_push", reader, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ArrowReader reader(List<Field> columns, List<List<Value>> rows) {
        Schema schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
        return ArrowRows.reader(allocator, schema, rows, 2);
    }

    private static List<List<Value>> rows(int count) {
        List<List<Value>> rows = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            rows.add(List.of(
                    new Value.Int(i),
                    new Value.Real(i / 2.0),
                    new Value.Text(String.valueOf(i * 10)),
                    new Value.Time(TIME),
                    new Value.Time(CREATED)));
        }
        return rows;
    }
}

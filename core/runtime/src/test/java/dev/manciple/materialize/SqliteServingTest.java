package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static dev.manciple.fixture.Definitions.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.MaterializeListener;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.GeneratedHistory;
import dev.manciple.fixture.MemoryRegistry;
import dev.manciple.fixture.SqliteStores;
import dev.manciple.local.Engine;
import dev.manciple.model.FeatureRef;
import dev.manciple.retrieve.FeatureHomes;
import dev.manciple.retrieve.OnlineRetrieval;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.transform.Transformations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Materializes into a SQLite store and reads it back, as a service does. */
class SqliteServingTest {
    private static final Instant END = Instant.parse("2025-02-28T00:00:00Z");

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final RegistrySnapshot snapshot = Definitions.snapshot(DRIVER_STATS, ORDERS, WEATHER);
    private final Engine engine = new Engine(allocator);
    private OnlineStore store;

    @BeforeEach
    void open() {
        store = SqliteStores.open(folder, allocator);
        store.update(new ViewChanges(List.of(DRIVER_STATS, ORDERS, WEATHER), List.of()));
    }

    @AfterEach
    void close() {
        store.close();
        engine.close();
        allocator.close();
    }

    @Test
    void whatIsMaterializedIsServed() {
        assertThat(materialize(100, END))
                .containsOnly(Map.entry("driver_stats", 100L), Map.entry("orders", 100L), Map.entry("weather", 1L));
        OnlineFeatures answer = read(END.plusSeconds(60), "driver_stats:trips", "orders:amount", "weather:rain");
        assertThat(answer.names()).contains("driver_id", "customer_id", "trips", "amount", "rain");
        assertThat(column(answer, "trips")).containsExactly(new Value.Int(7), new Value.Int(8), Value.Null.NULL);
        assertThat(column(answer, "amount")).containsExactly(new Value.Real(7), new Value.Real(8), Value.Null.NULL);
        assertThat(column(answer, "rain")).containsOnly(new Value.Bool(false));
        assertThat(answer.statuses().get(answer.names().indexOf("trips")))
                .containsExactly(FieldStatus.PRESENT, FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
        assertThat(answer.eventTimes().get(answer.names().indexOf("trips"))).containsExactly(END, END, Instant.EPOCH);
    }

    @Test
    void anEarlierWindowOverwritesNothing() {
        materialize(100, END);
        materialize(100, END.minus(Duration.ofDays(1)));
        OnlineFeatures answer = read(END, "driver_stats:trips");
        assertThat(answer.eventTimes().get(answer.names().indexOf("trips"))).contains(END);
    }

    @Test
    void theAgeOfAFeatureDoesNotDependOnWhatElseIsAskedFor() {
        materialize(100, END);
        Instant later = END.plus(Duration.ofDays(1)).plusSeconds(1);
        EntityKey driver = new EntityKey(List.of("driver_id"), List.of(new Value.Int(7)));
        store.write(
                DRIVER_STATS,
                List.of(new OnlineRow(
                        driver,
                        DRIVER_STATS.features().stream()
                                .map(feature ->
                                        feature.name().equals("trips") ? new Value.Int(70) : Value.Missing.MISSING)
                                .toList(),
                        later,
                        Optional.empty())));
        assertThat(ofDriver7(read(later, "driver_stats:conv_rate"), "conv_rate"))
                .isEqualTo(FieldStatus.OUTSIDE_MAX_AGE);
        OnlineFeatures together = read(later, "driver_stats:trips", "driver_stats:conv_rate");
        assertThat(ofDriver7(together, "conv_rate")).isEqualTo(FieldStatus.OUTSIDE_MAX_AGE);
        assertThat(ofDriver7(together, "trips")).isEqualTo(FieldStatus.PRESENT);
    }

    private static FieldStatus ofDriver7(OnlineFeatures answer, String name) {
        return answer.statuses().get(answer.names().indexOf(name)).getFirst();
    }

    @Test
    void expiredRowsAreTheOnesPurged() {
        materialize(100, END);
        Instant later = END.plus(Duration.ofDays(1)).plusSeconds(1);
        OnlineFeatures expired = read(later, "driver_stats:trips");
        assertThat(expired.statuses().get(expired.names().indexOf("trips")))
                .containsExactly(FieldStatus.OUTSIDE_MAX_AGE, FieldStatus.OUTSIDE_MAX_AGE, FieldStatus.NOT_FOUND);
        assertThat(new Purger(() -> snapshot, store, InstantSource.fixed(later)).purge(List.of()))
                .isEqualTo(Map.of("driver_stats", 100L));
        OnlineFeatures purged = read(later, "driver_stats:trips");
        assertThat(purged.statuses().get(purged.names().indexOf("trips"))).containsOnly(FieldStatus.NOT_FOUND);
    }

    private Map<String, Long> materialize(long keys, Instant end) {
        Materializer materializer = new Materializer(
                new MemoryRegistry(snapshot),
                "drivers",
                new GeneratedHistory(keys, 32),
                store,
                allocator,
                InstantSource.fixed(end),
                new MaterializeLimits(10, 2, 2));
        return materializer
                .materialize(end.minus(Duration.ofDays(7)), end, List.of(), MaterializeListener.NONE)
                .rowsByView();
    }

    private OnlineFeatures read(Instant now, String... references) {
        FeatureRef[] features =
                List.of(references).stream().map(FeatureRef::parse).toArray(FeatureRef[]::new);
        return new OnlineRetrieval(
                        () -> snapshot,
                        store,
                        new FeatureHomes(store, "sqlite"),
                        new Transformations(List.of(), engine),
                        InstantSource.fixed(now))
                .features(
                        FeatureSelection.of(features),
                        Map.of(
                                "driver_id", List.of(new Value.Int(7), new Value.Int(8), new Value.Int(100)),
                                "customer_id",
                                        List.of(new Value.Text("7"), new Value.Text("8"), new Value.Text("100"))),
                        OnlineOptions.DEFAULT);
    }

    private static List<Value> column(OnlineFeatures answer, String name) {
        return answer.values().get(answer.names().indexOf(name));
    }
}

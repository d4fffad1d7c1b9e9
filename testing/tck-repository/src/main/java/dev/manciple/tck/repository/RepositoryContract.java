package dev.manciple.tck.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.manciple.ApplyPlan;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.PlanOptions;
import dev.manciple.PushTarget;
import dev.manciple.RetrievalOptions;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Interval;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Oracle;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The main job, end to end, over the store under test: apply, join history, materialize, read back, through the
 * {@code feature_store.yaml} a user would write. Run it first; the contracts of the single stores say what is wrong in detail.
 *
 * <pre>{@code
 * class MyRepositoryTest extends RepositoryContract {
 *     @Override
 *     protected RepositoryFixture fixture(Path repository) {
 *         return new MyFixture(repository);
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
public abstract class RepositoryContract {
    private static final FeatureSelection STATS = FeatureSelection.of(
            new FeatureRef("driver_stats", "rate"),
            new FeatureRef("driver_stats", "trips"),
            new FeatureRef("driver_stats", "city"));

    private final long seed = Long.getLong("tck.seed", 1);
    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    Path repository;

    private @Nullable RepositoryFixture fixture;
    private @Nullable FeatureStore store;
    private @Nullable Oracle oracle;
    private @Nullable FeatureView stats;

    /** A fixture of the store under test; asked for once per test, with the repository's empty folder. */
    protected abstract RepositoryFixture fixture(Path repository);

    @BeforeEach
    final void applyARepository() throws IOException {
        fixture = fixture(repository);
        Files.writeString(repository.resolve("feature_store.yaml"), yaml(fixture));
        Table table = new Drivers(seed).statistics();
        try (ArrowReader rows = table.reader(allocator)) {
            DataSource.Batch source = fixture.load("driver statistics", Drivers.TIMES, rows);
            assertThat(source.time())
                    .as("the time columns of what the fixture loaded")
                    .isEqualTo(Drivers.TIMES);
            oracle = new Oracle(Map.of(source.name(), table));
            stats = Drivers.stats(source);
        }
        store = FeatureStore.open(repository);
        store.apply(store.plan(definitions(), PlanOptions.DEFAULT));
    }

    @AfterEach
    final void nothingLeaks() {
        if (store != null) {
            store.close();
        }
        if (fixture != null) {
            fixture.close();
        }
        allocator.close();
    }

    @Test
    final void appliesWhatIsDefinedAndNothingTwice() {
        assertThat(store().registry().entities()).containsOnlyKeys("driver");
        assertThat(store().registry().views()).containsOnlyKeys("driver_stats");
        assertThat(store().registry().services()).containsOnlyKeys("pricing");
        ApplyPlan again = store().plan(definitions(), PlanOptions.DEFAULT);
        assertThat(again.diff()).isEmpty();
        assertThat(again.infrastructure()).isEmpty();
    }

    @Test
    final void infersTheSchemaOfAViewFromItsSource() {
        FeatureView inferred = stats().features(List.of());
        List<Definition> definitions = List.of(Drivers.DRIVER, source(), inferred);
        FeatureView view =
                (FeatureView) Objects.requireNonNull(store().apply(store().plan(definitions, PlanOptions.DEFAULT))
                        .views()
                        .get("driver_stats"));
        assertThat(view.entityColumns()).extracting(Field::name).containsExactly("driver_id");
        assertThat(view.features())
                .extracting(Field::name, Field::type)
                .containsExactlyInAnyOrderElementsOf(List.of(Drivers.RATE, Drivers.TRIPS, Drivers.CITY).stream()
                        .map(field -> tuple(field.name(), field.type()))
                        .toList());
    }

    @Test
    final void joinsHistoryAsTheOracleDoes() {
        Table rides = new Drivers(seed).rides();
        for (FeatureSelection features : List.of(STATS, new FeatureSelection.Service("pricing"))) {
            List<List<Value>> rows = join(rides, features);
            List<Oracle.Expected> expected = expected(rides);
            assertThat(rows).as(seedText()).hasSameSizeAs(expected);
            for (int i = 0; i < rows.size(); i++) {
                assertThat(expected.get(i).accepts(rows.get(i)))
                        .as("row %d, %s%ngot      %s%nexpected %s", i, seedText(), rows.get(i), expected.get(i))
                        .isTrue();
            }
        }
    }

    @Test
    final void readsBackTheNewestValuesItMaterialized() {
        Instant middle = Drivers.START.plus(Duration.ofDays(15));
        materialize(Drivers.START, middle);
        assertOnlineIsLikeTheOracle(middle);
        materialize(Drivers.START, Drivers.END);
        assertOnlineIsLikeTheOracle(Drivers.END);
        assertThat(store().registry().materialized().get("driver_stats"))
                .containsExactly(new Interval(Drivers.START, middle), new Interval(Drivers.START, Drivers.END));
    }

    @Test
    final void materializesAgainWithoutAChange() {
        materialize(Drivers.START, Drivers.END);
        materialize(Drivers.START, Drivers.START.plus(Duration.ofDays(15)));
        assertOnlineIsLikeTheOracle(Drivers.END);
    }

    @Test
    final void materializesFromWhereTheLastRunEnded() {
        Instant middle = Drivers.START.plus(Duration.ofDays(15));
        materialize(Drivers.START, middle);
        assertComplete(store().materializeIncremental(Drivers.END, List.of(), MaterializeListener.NONE));
        assertOnlineIsLikeTheOracle(Drivers.END);
        assertThat(store().registry().materialized().get("driver_stats"))
                .containsExactly(new Interval(Drivers.START, middle), new Interval(middle, Drivers.END));
    }

    @Test
    final void servesRowsThatArePushed() throws IOException {
        materialize(Drivers.START, Drivers.END);
        Instant now = Drivers.END.plusSeconds(1);
        Table pushed = Table.of(
                new Drivers(seed).statistics().columns(),
                List.of(List.of(
                        new Value.Int(1),
                        new Value.Time(now),
                        new Value.Time(now),
                        new Value.Real(0.25),
                        new Value.Int(7),
                        new Value.Text("pushed"))));
        try (ArrowReader rows = pushed.reader(allocator)) {
            assertThat(store().push("driver pushes", rows, PushTarget.ONLINE).failedViews())
                    .isEmpty();
        }
        assertThat(online(1).getFirst())
                .containsExactly(new Value.Real(0.25), new Value.Int(7), new Value.Text("pushed"));
    }

    @Test
    final void isFoundAsItWasWhenOpenedAgain() {
        materialize(Drivers.START, Drivers.END);
        store().close();
        store = FeatureStore.open(repository);
        assertThat(store().registry().views()).containsOnlyKeys("driver_stats");
        assertOnlineIsLikeTheOracle(Drivers.END);
    }

    @Test
    final void saysWhichFeatureDoesNotExist() {
        Table rides = new Drivers(seed).rides();
        assertThatThrownBy(() -> join(rides, FeatureSelection.of(new FeatureRef("driver_stats", "rat"))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("rat");
        assertThatThrownBy(() -> join(rides, FeatureSelection.of(new FeatureRef("no_view", "rate"))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no_view");
    }

    @Test
    final void leavesNothingAfterATeardown() {
        materialize(Drivers.START, Drivers.END);
        store().teardown();
        assertThat(store().registry().views()).isEmpty();
        store().apply(store().plan(definitions(), PlanOptions.DEFAULT));
        OnlineFeatures features = read(LongStream.range(0, Drivers.DRIVERS).toArray());
        assertThat(features.statuses().getLast()).containsOnly(FieldStatus.NOT_FOUND);
    }

    // ---- how -----------------------------------------------------------------------------------------------------

    private List<Definition> definitions() {
        DataSource.Push push = DataSource.Push.of("driver pushes", source());
        FeatureView view = stats().source(push);
        return List.of(
                Drivers.DRIVER,
                source(),
                push,
                view,
                FeatureService.of("pricing", view.projection().select("rate", "trips", "city")));
    }

    private List<List<Value>> join(Table spine, FeatureSelection features) {
        try (ArrowReader reader = store().historicalFeatures(
                        spine.spine("event_timestamp", allocator), features, RetrievalOptions.DEFAULT)
                .open(allocator)) {
            return ArrowRows.read(reader, Drivers.types(spine, Drivers.RATE, Drivers.TRIPS, Drivers.CITY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Oracle.Expected> expected(Table rides) {
        FeatureView view = stats().entityColumns(List.of(Drivers.KEY));
        HistoricalRequest request = new HistoricalRequest(
                rides.spine("event_timestamp", allocator),
                List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                false,
                HistoricalRequest.Options.DEFAULT);
        return oracle().join(request, rides, "event_timestamp");
    }

    private void materialize(Instant start, Instant end) {
        assertComplete(store().materialize(start, end, List.of(), MaterializeListener.NONE));
    }

    private static void assertComplete(MaterializeReport report) {
        assertThat(report.failedViews()).isEmpty();
        assertThat(report.rowsByView()).containsOnlyKeys("driver_stats");
    }

    /** Every driver has the newest row up to a time, and drivers without one are not found. */
    private void assertOnlineIsLikeTheOracle(Instant end) {
        PullRequest all = new PullRequest(
                source(), List.of(Drivers.KEY), List.of(Drivers.RATE, Drivers.TRIPS, Drivers.CITY), Drivers.START, end);
        Map<List<Value>, Set<List<Value>>> latest = oracle().latest(all);
        long[] drivers = LongStream.range(0, Drivers.DRIVERS + 5).toArray();
        List<List<Value>> read = online(drivers);
        for (int i = 0; i < drivers.length; i++) {
            Set<List<Value>> right = latest.get(List.<Value>of(new Value.Int(drivers[i])));
            if (right == null) {
                assertThat(read.get(i)).containsOnly(Value.Null.NULL);
            } else {
                assertThat(right.stream().map(row -> row.subList(1, 4)))
                        .as("driver %d, %s", drivers[i], seedText())
                        .contains(read.get(i));
            }
        }
    }

    /** The features of each driver. */
    private List<List<Value>> online(long... drivers) {
        OnlineFeatures features = read(drivers);
        List<List<Value>> rows = new ArrayList<>();
        for (int row = 0; row < drivers.length; row++) {
            List<Value> values = new ArrayList<>();
            for (String name : List.of("rate", "trips", "city")) {
                Value value =
                        features.values().get(features.names().indexOf(name)).get(row);
                values.add(value == Value.Missing.MISSING ? Value.Null.NULL : value);
            }
            rows.add(values);
        }
        return rows;
    }

    private OnlineFeatures read(long... drivers) {
        List<Value> keys =
                LongStream.of(drivers).<Value>mapToObj(Value.Int::new).toList();
        return store().onlineFeatures(STATS, Map.of("driver_id", keys), OnlineOptions.DEFAULT);
    }

    private static String yaml(RepositoryFixture fixture) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("project", "tck");
        config.put("provider", "local");
        config.put("registry", "data/registry.db");
        config.put("offline_store", block(fixture.offlineStore()));
        config.put("online_store", block(fixture.onlineStore()));
        config.put("entity_key_serialization_version", 3);
        return new Yaml().dump(config);
    }

    private static Map<String, Object> block(StoreConfig store) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", store.type());
        block.putAll(store.options());
        return block;
    }

    private String seedText() {
        return "repeat with -Dtck.seed=" + seed;
    }

    private FeatureStore store() {
        return Objects.requireNonNull(store);
    }

    private Oracle oracle() {
        return Objects.requireNonNull(oracle);
    }

    private FeatureView stats() {
        return Objects.requireNonNull(stats);
    }

    private DataSource.Batch source() {
        return stats().batchSource().orElseThrow();
    }
}

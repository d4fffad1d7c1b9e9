package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static dev.manciple.fixture.Definitions.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureSelection;
import dev.manciple.MaterializeListener;
import dev.manciple.RetrievalOptions;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.DuckDbStores;
import dev.manciple.fixture.MemoryJob;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.fixture.MemoryRegistry;
import dev.manciple.local.Engine;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.materialize.Materializer;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureService;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.transform.Transformations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans requests and runs them over files with DuckDB. */
class FilesRetrievalTest {
    private static final Instant NOON = Instant.parse("2025-03-01T12:00:00Z");

    private static final OnDemandFeatureView EARNINGS = onDemand(
            "earnings",
            new Transformation.Sql(Map.of("per_trip", "amount / trips", "with_bonus", "amount + bonus")),
            Field.of("per_trip", ValueType.Scalar.DOUBLE),
            Field.of("with_bonus", ValueType.Scalar.DOUBLE));

    private static final OnDemandFeatureView PYTHON = onDemand(
            "python_view",
            new Transformation.Foreign("python", "def f(inputs): ..."),
            Field.of("y", ValueType.Scalar.DOUBLE));

    private static final OnDemandFeatureView PANDAS = onDemand(
            "pandas_view",
            new Transformation.Foreign("pandas", "def f(df): ..."),
            Field.of("x", ValueType.Scalar.DOUBLE));

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private final Engine engine = new Engine(allocator);
    private final RegistrySnapshot snapshot = Definitions.snapshot(
            DRIVER_STATS,
            ORDERS,
            WEATHER,
            EARNINGS,
            PANDAS,
            PYTHON,
            FeatureService.of("pay", projection("orders", "amount"), projection("earnings", "with_bonus")));
    private final EntityRows entityRows = new EntityRows(() -> snapshot, engine, allocator);
    private OfflineStore store;
    private HistoricalRetrieval retrieval;

    @BeforeEach
    void open() {
        store = DuckDbStores.open(folder, allocator);
        retrieval = new HistoricalRetrieval(
                () -> snapshot, store, new Transformations(List.of(), engine), InstantSource.fixed(NOON));
        write(
                "driver_stats.parquet",
                List.of(
                        Field.of("driver_id", ValueType.Scalar.INT64),
                        Field.of("conv_rate", ValueType.Scalar.DOUBLE),
                        Field.of("trips", ValueType.Scalar.INT64),
                        Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP),
                        Field.of("created", ValueType.Scalar.UNIX_TIMESTAMP)),
                List.of(
                        List.of(number(1), new Value.Real(0.5), number(4), hoursBefore(2), hoursBefore(1)),
                        List.of(number(1), new Value.Real(0.75), number(5), hoursBefore(2), hoursBefore(2)),
                        List.of(number(2), new Value.Real(0.25), number(2), hoursBefore(30), hoursBefore(30))));
        write(
                "orders.parquet",
                List.of(
                        Field.of("driver_id", ValueType.Scalar.INT64),
                        Field.of("customer_id", ValueType.Scalar.STRING),
                        Field.of("trips", ValueType.Scalar.INT64),
                        Field.of("amount", ValueType.Scalar.DOUBLE),
                        Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP)),
                List.of(
                        List.of(number(1), text("a"), number(2), new Value.Real(10), hoursBefore(3)),
                        List.of(number(2), text("a"), number(0), new Value.Real(20), hoursBefore(300))));
        write(
                "weather.parquet",
                List.of(
                        Field.of("rain", ValueType.Scalar.BOOL),
                        Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP)),
                List.of(List.of(new Value.Bool(true), hoursBefore(5))));
    }

    @AfterEach
    void close() {
        store.close();
        engine.close();
        allocator.close();
    }

    /** As programs without nullable integers write them. */
    @Test
    void integersKeptAsFractionsComeAsIntegersOrAreNamed() throws IOException {
        writeTrips(7);
        RetrievalJob job = job(rows(), "driver_stats:trips", "driver_stats:conv_rate");
        assertThat(job.schema().findField("trips").getType()).isEqualTo(new ArrowType.Int(64, true));
        assertThat(read(job)).extracting(row -> row.get(4)).contains(number(7));

        writeTrips(0.74);
        assertThatThrownBy(() -> read(job(rows(), "driver_stats:trips")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(
                        "of the result: source 'driver_stats.parquet' has 0.74 for feature 'driver_stats:trips'")
                .hasMessageContaining("INT64");
    }

    private void writeTrips(double trips) {
        write(
                "driver_stats.parquet",
                List.of(
                        Field.of("driver_id", ValueType.Scalar.INT64),
                        Field.of("conv_rate", ValueType.Scalar.DOUBLE),
                        Field.of("trips", ValueType.Scalar.DOUBLE),
                        Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP),
                        Field.of("created", ValueType.Scalar.UNIX_TIMESTAMP)),
                List.of(List.of(
                        number(1), new Value.Real(0.5), new Value.Real(trips), hoursBefore(2), hoursBefore(1))));
    }

    @Test
    void storedFeaturesJoinAsOfEachRow() throws IOException {
        RetrievalJob job = job(rows(), "driver_stats:trips", "weather:rain", "orders:amount");
        assertThat(names(job))
                .containsExactly("driver_id", "customer_id", "bonus", "event_timestamp", "trips", "rain", "amount");
        assertThat(read(job))
                .containsExactly(
                        List.of(
                                number(1),
                                text("a"),
                                number(3),
                                hoursBefore(0),
                                number(4),
                                new Value.Bool(true),
                                new Value.Real(10)),
                        List.of(
                                number(2),
                                text("a"),
                                number(4),
                                hoursBefore(0),
                                Value.Null.NULL,
                                new Value.Bool(true),
                                new Value.Real(20)),
                        List.of(
                                number(1),
                                text("b"),
                                number(5),
                                hoursBefore(4),
                                Value.Null.NULL,
                                new Value.Bool(true),
                                Value.Null.NULL));
    }

    @Test
    void onDemandFeaturesAreComputedAndTheirInputsLeftOut() throws IOException {
        RetrievalJob job = job(rows(), "earnings:per_trip", "earnings:with_bonus", "driver_stats:conv_rate");
        assertThat(names(job))
                .containsExactly(
                        "driver_id", "customer_id", "bonus", "event_timestamp", "conv_rate", "per_trip", "with_bonus");
        assertThat(job.sql()).isPresent();
        assertThat(job.explain().plan()).contains("earnings (SQL)");
        List<List<Value>> rows = read(job);
        assertThat(rows)
                .extracting(row -> row.get(4))
                .containsExactly(new Value.Real(0.5), Value.Null.NULL, Value.Null.NULL);
        assertThat(rows).extracting(row -> row.get(5)).startsWith(new Value.Real(5));
        assertThat(rows)
                .extracting(row -> row.get(6))
                .containsExactly(new Value.Real(13), new Value.Real(24), Value.Null.NULL);
        assertThat(read(job)).as("a second run").isEqualTo(rows);
    }

    @Test
    void aServiceWithFullNamesGivesViewAndFeature() throws IOException {
        RetrievalJob job =
                retrieval.job(rows(), new FeatureSelection.Service("pay"), new RetrievalOptions(true, false));
        assertThat(names(job)).endsWith("orders__amount", "earnings__with_bonus");
        assertThat(read(job).getFirst()).endsWith(new Value.Real(10), new Value.Real(13));
    }

    @Test
    void aPythonTransformationIsRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> job(rows(), "driver_stats:trips", "pandas_view:x"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("mode 'pandas', which on demand feature view 'pandas_view' has")
                .hasMessageEndingWith("name a service that runs it in feature_server.transformation_service_endpoint");
        assertThatThrownBy(() -> job(rows(), "driver_stats:trips", "python_view:y"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("mode 'python', which on demand feature view 'python_view' has")
                .hasMessageEndingWith("write it in mode 'pandas', which Feast's transformation service can run");
    }

    @Test
    void sqlTextGivesEntityRows() throws IOException {
        Spine spine = EntityRows.sql(
                "SELECT 1::BIGINT AS driver_id, 'a' AS customer_id, TIMESTAMPTZ '2025-03-01 12:00:00Z' AS event_timestamp");
        assertThat(read(job(spine, "driver_stats:trips", "orders:amount")).getFirst())
                .endsWith(number(4), new Value.Real(10));
        assertThatThrownBy(() -> job(EntityRows.sql(" "), "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> job(spine, "earnings:with_bonus").open(allocator))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("no column 'bonus'");
    }

    @Test
    void aRangeReachesBackByTheLargestTtlElseThirtyDays() throws IOException {
        assertThat(range("driver_stats:trips", "orders:amount"))
                .isEqualTo(new Spine.Range(NOON.minus(Duration.ofDays(1)), NOON));
        assertThat(range("orders:amount")).isEqualTo(new Spine.Range(NOON.minus(Duration.ofDays(30)), NOON));
        Spine.Range range = range("driver_stats:trips");
        assertThat(read(job(range, "driver_stats:trips")))
                .containsExactly(List.of(number(1), hoursBefore(2), number(4)));
        assertThatThrownBy(() -> retrieval.range(selection("orders:amount"), NOON, NOON.minusSeconds(1)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("before it starts");
        assertThatThrownBy(() -> job(range, "earnings:with_bonus"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'bonus'");
    }

    @Test
    void aViewWithoutHistoryIsRefused() {
        DataSource.Push push = new DataSource.Push("live", Optional.empty(), About.NOTHING, Extras.NONE);
        HistoricalRetrieval live = new HistoricalRetrieval(
                () -> Definitions.snapshot(DRIVER_STATS.source(push)),
                store,
                new Transformations(List.of(), engine),
                InstantSource.fixed(NOON));
        assertThatThrownBy(() -> live.job(rows(), selection("driver_stats:trips"), RetrievalOptions.DEFAULT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("source 'live' has no batch source");
    }

    @Test
    void theNewestRowsAreMaterialized() {
        MemoryOnlineStore online = new MemoryOnlineStore();
        new Materializer(
                        new MemoryRegistry(snapshot),
                        "drivers",
                        store,
                        online,
                        allocator,
                        InstantSource.fixed(NOON),
                        MaterializeLimits.ofMachine())
                .materialize(NOON.minus(Duration.ofDays(2)), NOON, List.of(), MaterializeListener.NONE);
        assertThat(online.scan(DRIVER_STATS).map(row -> row.values().get(1)))
                .containsExactlyInAnyOrder(number(4), number(2));
        assertThat(online.scan(ORDERS)).hasSize(1);
        assertThat(online.scan(WEATHER)).singleElement().satisfies(row -> {
            assertThat(row.key().values()).isEmpty();
            assertThat(row.eventTime()).isEqualTo(NOON.minus(Duration.ofHours(5)));
        });
    }

    private Spine.Rows rows() {
        return entityRows.rows(
                List.of(row(1, "a", 3, NOON), row(2, "a", 4, NOON), row(1, "b", 5, NOON.minus(Duration.ofHours(4)))),
                selection("earnings:with_bonus"));
    }

    private static Map<String, Object> row(long driver, String customer, long bonus, Instant time) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("driver_id", driver);
        row.put("customer_id", customer);
        row.put("bonus", bonus);
        row.put("event_timestamp", time);
        return row;
    }

    private Spine.Range range(String... references) {
        return retrieval.range(selection(references), null, null);
    }

    private RetrievalJob job(Spine spine, String... references) {
        return retrieval.job(spine, selection(references), RetrievalOptions.DEFAULT);
    }

    private List<List<Value>> read(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return new ArrayList<>(ArrowRows.read(reader));
        }
    }

    private static List<String> names(RetrievalJob job) {
        return job.schema().getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
    }

    private void write(String file, List<Field> columns, List<List<Value>> rows) {
        Schema schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
        new ResultFiles(engine, allocator).write(new MemoryJob(schema, rows, 100), folder.resolve(file), true);
    }

    private static OnDemandFeatureView onDemand(String name, Transformation transformation, Field... features) {
        return new OnDemandFeatureView(
                name,
                List.of(projection("orders", "trips", "amount")),
                List.of(DataSource.Request.of("request", Field.of("bonus", ValueType.Scalar.INT64))),
                List.of(features),
                transformation,
                About.NOTHING,
                Extras.NONE);
    }

    private static FeatureSelection selection(String... references) {
        return FeatureSelection.of(
                Arrays.stream(references).map(FeatureRef::parse).toArray(FeatureRef[]::new));
    }

    private static Projection projection(String view, String... features) {
        return new Projection(view, Optional.empty(), List.of(features), Map.of());
    }

    private static Value hoursBefore(long hours) {
        return new Value.Time(NOON.minus(Duration.ofHours(hours)));
    }

    private static Value number(long value) {
        return new Value.Int(value);
    }

    private static Value text(String value) {
        return new Value.Text(value);
    }
}

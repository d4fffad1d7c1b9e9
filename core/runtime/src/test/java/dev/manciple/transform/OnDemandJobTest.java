package dev.manciple.transform;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.MemoryJob;
import dev.manciple.local.Engine;
import dev.manciple.model.About;
import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnDemandJobTest {
    private static final Value TIME = new Value.Time(Instant.parse("2025-03-01T12:00:00Z"));

    /** Reads both features of the view and a request column; the label and the rate come back as well. */
    private static final List<ViewSlice> SLICES =
            List.of(new ViewSlice(DRIVER_STATS, "driver_stats", DRIVER_STATS.features(), Map.of()));

    private static final List<OnDemandInput> INPUTS = List.of(
            new OnDemandInput.FromView("conv_rate", ValueType.Scalar.DOUBLE, 0, 0),
            new OnDemandInput.FromView("trips", ValueType.Scalar.INT64, 0, 1),
            new OnDemandInput.FromRequest("bonus", ValueType.Scalar.INT64));

    private static final List<OutputFeature> OUTPUTS = List.of(
            new OutputFeature.Stored("rate", DRIVER_STATS.features().get(0), 0, 0),
            new OutputFeature.Computed("note", Field.of("note", ValueType.Scalar.STRING), 0, 1),
            new OutputFeature.Computed("sum", Field.of("sum", ValueType.Scalar.INT64), 0, 0));

    private final BufferAllocator allocator = new RootAllocator();
    private final BufferAllocator engineAllocator = new RootAllocator();
    private final Engine engine = new Engine(engineAllocator);

    @AfterEach
    void nothingLeaks() {
        engine.close();
        engineAllocator.close();
        allocator.close();
    }

    @Test
    void computedColumnsStandBesideTheKeptOnes() throws IOException {
        RetrievalJob job = job(10, OnDemandJobTest::sumAndNote);
        assertThat(job.schema().getFields())
                .extracting(org.apache.arrow.vector.types.pojo.Field::getName)
                .containsExactly("label", "event_timestamp", "bonus", "rate", "note", "sum");
        assertThat(read(job))
                .containsExactly(
                        List.of(text("a"), TIME, number(1), new Value.Real(0.5), text("10+1"), number(11)),
                        List.of(text("b"), TIME, number(2), Value.Null.NULL, Value.Null.NULL, Value.Null.NULL),
                        List.of(
                                text("c"),
                                TIME,
                                Value.Null.NULL,
                                new Value.Real(0.25),
                                Value.Null.NULL,
                                Value.Null.NULL));
    }

    @Test
    void batchesDoNotMatter() throws IOException {
        RetrievalJob whole = job(10, OnDemandJobTest::sumAndNote);
        RetrievalJob single = job(1, OnDemandJobTest::sumAndNote);
        assertThat(read(single)).isEqualTo(read(whole)).isEqualTo(read(single));
    }

    @Test
    void expressionsComputeWhatTheFunctionDoes() throws IOException {
        Map<String, String> expressions =
                Map.of("sum", "trips + bonus", "note", "CASE WHEN bonus IS NOT NULL THEN trips || '+' || bonus END");
        for (int batchSize : new int[] {1, 10}) {
            RetrievalJob job = sqlJob(batchSize, expressions);
            assertThat(job.explain().plan()).contains("totals (SQL)");
            assertThat(read(job)).isEqualTo(read(job(10, OnDemandJobTest::sumAndNote)));
        }
    }

    @Test
    void anExpressionThatDoesNotFitIsNamed() {
        assertThatThrownBy(() -> read(sqlJob(10, Map.of("sum", "trips + bonsu", "note", "'x'"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("trips + bonsu")
                .hasMessageContaining("'sum'");
        assertThatThrownBy(() -> sqlJob(10, Map.of("sum", "trips + bonus")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("has no SQL expression for its feature 'note', only for: sum");
    }

    @Test
    void inputsWithoutAResultAreNoFailureOfAStore() {
        String tooLarge = "trips + 9223372036854775807";
        assertThatThrownBy(() -> read(sqlJob(10, Map.of("sum", tooLarge, "note", "'x'"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("on demand feature view 'totals' have no result for these inputs")
                .hasMessageContaining("Overflow");
    }

    @Test
    void closingEarlyFreesEverything() throws IOException {
        try (ArrowReader reader = job(1, OnDemandJobTest::sumAndNote).open(allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(1);
        }
        assertThat(allocator.getAllocatedMemory()).isZero();
    }

    @Test
    void whatTheStoreWillDoIsStillTold() {
        RetrievalJob job = job(10, OnDemandJobTest::sumAndNote);
        assertThat(job.sql()).contains("FROM memory");
        assertThat(job.explain().plan()).contains("read rows").contains("totals (function add)");
        assertThatThrownBy(() -> job.writeTo(new SourceLocation.Table("t"), false))
                .isInstanceOf(UnsupportedException.class);
    }

    @Test
    void aFunctionThatFailsIsNamedWithItsInputs() {
        RetrievalJob job = job(10, inputs -> {
            throw new IllegalStateException("no idea");
        });
        assertThatThrownBy(() -> read(job))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "On demand feature view 'totals' failed while trying to run function 'add' on its inputs [")
                .hasMessageContaining("no idea");
    }

    @Test
    void aResultOfAnotherTypeIsRefused() {
        RetrievalJob job = job(10, inputs -> Map.of("sum", text("many"), "note", text("")));
        assertThatThrownBy(() -> read(job))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("sum: 'many' cannot be read as Int64: not a number");
        RetrievalJob silent = job(10, inputs -> Map.of("sum", number(1)));
        assertThatThrownBy(() -> read(silent))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("gave no value for feature 'note' of on demand feature view 'totals'");
    }

    @Test
    void anUnknownFunctionNamesThoseThereAre() {
        assertThatThrownBy(() -> new OnDemandJob(
                        stored(10), SLICES, List.of(slice("subtract")), OUTPUTS, functions(inputs -> Map.of())))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("'subtract' does not exist")
                .hasMessageContaining("provide: add");
    }

    @Test
    void twoFunctionsOfOneNameAreRefused() {
        List<FeatureFunction> twice = List.of(new Named(inputs -> Map.of()), new Named(inputs -> Map.of()));
        assertThatThrownBy(() -> new Transformations(twice, engine))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'add'");
    }

    private RetrievalJob job(int batchSize, Function<Map<String, Value>, Map<String, Value>> function) {
        return new OnDemandJob(stored(batchSize), SLICES, List.of(slice("add")), OUTPUTS, functions(function));
    }

    private RetrievalJob sqlJob(int batchSize, Map<String, String> expressions) {
        OnDemandSlice slice = slice(new Transformation.Sql(expressions));
        return new OnDemandJob(
                stored(batchSize), SLICES, List.of(slice), OUTPUTS, new Transformations(List.of(), engine));
    }

    private static OnDemandSlice slice(String function) {
        return slice(new Transformation.Java(function));
    }

    private static OnDemandSlice slice(Transformation transformation) {
        OnDemandFeatureView view = new OnDemandFeatureView(
                "totals",
                List.of(DRIVER_STATS.projection()),
                List.of(),
                List.of(Field.of("sum", ValueType.Scalar.INT64), Field.of("note", ValueType.Scalar.STRING)),
                transformation,
                About.NOTHING,
                Extras.NONE);
        return new OnDemandSlice(view, view.features(), INPUTS);
    }

    private static RetrievalJob stored(int batchSize) {
        Schema schema = new Schema(Stream.of(
                        Field.of("label", ValueType.Scalar.STRING),
                        Field.of("event_timestamp", ValueType.Scalar.UNIX_TIMESTAMP),
                        Field.of("bonus", ValueType.Scalar.INT64),
                        Field.of("driver_stats__conv_rate", ValueType.Scalar.DOUBLE),
                        Field.of("driver_stats__trips", ValueType.Scalar.INT64))
                .map(ArrowTypes::field)
                .toList());
        List<List<Value>> rows = List.of(
                List.of(text("a"), TIME, number(1), new Value.Real(0.5), number(10)),
                List.of(text("b"), TIME, number(2), Value.Null.NULL, Value.Null.NULL),
                List.of(text("c"), TIME, Value.Null.NULL, new Value.Real(0.25), number(3)));
        return new MemoryJob(schema, rows, batchSize);
    }

    private static Map<String, Value> sumAndNote(Map<String, Value> inputs) {
        return inputs.get("trips") instanceof Value.Int trips && inputs.get("bonus") instanceof Value.Int bonus
                ? Map.of(
                        "sum", number(trips.value() + bonus.value()),
                        "note", text(trips.value() + "+" + bonus.value()))
                : Map.of("sum", Value.Null.NULL, "note", Value.Null.NULL);
    }

    private List<List<Value>> read(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(job.schema());
            return new ArrayList<>(ArrowRows.read(reader));
        }
    }

    private Transformations functions(Function<Map<String, Value>, Map<String, Value>> function) {
        return new Transformations(List.of(new Named(function)), engine);
    }

    private static Value number(long value) {
        return new Value.Int(value);
    }

    private static Value text(String value) {
        return new Value.Text(value);
    }

    private record Named(Function<Map<String, Value>, Map<String, Value>> function) implements FeatureFunction {
        @Override
        public String name() {
            return "add";
        }

        @Override
        public Map<String, Value> apply(Map<String, Value> inputs) {
            return function.apply(inputs);
        }
    }
}

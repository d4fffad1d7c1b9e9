package dev.manciple.benchmarks.micro;

import dev.manciple.PushReport;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.benchmarks.CountingStore;
import dev.manciple.benchmarks.Project;
import dev.manciple.materialize.Ingestion;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A batch of 4,096 Arrow rows with ten integer features to the rows an online store is given, checks included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowDecoderBenchmark {
    private static final int ROWS = 4_096;
    private static final int FEATURES = 10;
    private static final String VIEW = "view";
    private static final String KEY = "key";
    private static final String TIME = "event_timestamp";

    private BufferAllocator allocator;
    private OfflineStore unused;
    private ArrowReader batch;
    private Ingestion ingestion;

    /** Fills the batch. */
    @Setup
    public void prepare() throws IOException {
        FeatureView view = FeatureView.of(VIEW)
                .source(DataSource.Batch.files("unused.parquet").eventTime(TIME))
                .entities(List.of(KEY))
                .entityColumns(List.of(Field.of(KEY, ValueType.Scalar.INT64)))
                .features(IntStream.range(0, FEATURES)
                        .mapToObj(i -> Field.of("f" + i, ValueType.Scalar.INT64))
                        .toList());
        allocator = new RootAllocator();
        Schema schema = new Schema(Stream.concat(
                        Stream.of(
                                ArrowTypes.arrow(KEY, ValueType.Scalar.INT64),
                                ArrowTypes.arrow(TIME, ValueType.Scalar.UNIX_TIMESTAMP)),
                        view.features().stream().map(ArrowTypes::field))
                .toList());
        List<List<Value>> rows =
                IntStream.range(0, ROWS).mapToObj(RowDecoderBenchmark::row).toList();
        batch = ArrowRows.reader(allocator, schema, rows, ROWS);
        batch.loadNextBatch();
        unused = new Project(Path.of("."), allocator).duckdb();
        RegistrySnapshot snapshot = Project.snapshot("one", List.of(view));
        ingestion = new Ingestion(
                () -> snapshot, unused, new CountingStore(), allocator, MaterializeLimits.DEFAULT_BATCH_SIZE);
    }

    private static List<Value> row(int i) {
        List<Value> row = new ArrayList<>(FEATURES + 2);
        row.add(new Value.Int(i));
        row.add(new Value.Time(Instant.ofEpochSecond(1_700_000_000L + i)));
        IntStream.range(0, FEATURES).forEach(feature -> row.add(new Value.Int(1_000L * i + feature)));
        return row;
    }

    /** Frees the batch. */
    @TearDown
    public void close() throws IOException {
        unused.close();
        batch.close();
        allocator.close();
    }

    @Benchmark
    public PushReport decode() throws IOException {
        return ingestion.writeOnline(VIEW, new OneBatch(batch, allocator));
    }
}

package dev.manciple.benchmarks.micro;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
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
import org.openjdk.jmh.infra.Blackhole;

/** A batch of 4,096 rows of ten columns between Arrow vectors and values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ArrowBenchmark {
    private static final int ROWS = 4_096;
    private static final List<ValueType> TYPES = List.of(
            ValueType.Scalar.INT64,
            ValueType.Scalar.UNIX_TIMESTAMP,
            ValueType.Scalar.STRING,
            ValueType.Scalar.BOOL,
            ValueType.Scalar.DOUBLE,
            ValueType.Scalar.DOUBLE,
            ValueType.Scalar.FLOAT,
            ValueType.Scalar.INT32,
            ValueType.Scalar.INT64,
            new ValueType.ListOf(ValueType.Scalar.INT64));

    private BufferAllocator allocator;
    private Schema schema;
    private List<List<Value>> rows;
    private ArrowReader reader;

    /** Fills the batch that is read. */
    @Setup
    public void prepare() throws IOException {
        allocator = new RootAllocator();
        schema = new Schema(IntStream.range(0, TYPES.size())
                .mapToObj(i -> ArrowTypes.arrow("c" + i, TYPES.get(i)))
                .toList());
        rows = IntStream.range(0, ROWS).mapToObj(ArrowBenchmark::row).toList();
        reader = ArrowRows.reader(allocator, schema, rows, ROWS);
        reader.loadNextBatch();
    }

    private static List<Value> row(int i) {
        return List.of(
                new Value.Int(i),
                new Value.Time(Instant.ofEpochSecond(1_700_000_000L + i)),
                new Value.Text("text " + i),
                new Value.Bool(i % 2 == 0),
                new Value.Real(i / 3.0),
                i % 10 == 0 ? Value.Null.NULL : new Value.Real(i / 7.0),
                new Value.Real(i / 4.0),
                new Value.Int(i),
                new Value.Int(-i),
                new Value.Many(List.of(new Value.Int(i), new Value.Int(i + 1))));
    }

    /** Frees the batch. */
    @TearDown
    public void close() throws IOException {
        reader.close();
        allocator.close();
    }

    @Benchmark
    public void toValues(Blackhole values) throws IOException {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        for (int column = 0; column < TYPES.size(); column++) {
            FieldVector vector = root.getVector(column);
            ColumnReader cells = ArrowValues.reader(vector, TYPES.get(column));
            for (int row = 0; row < ROWS; row++) {
                values.consume(cells.read(row));
            }
        }
    }

    @Benchmark
    public int toVectors() throws IOException {
        try (ArrowReader written = ArrowRows.reader(allocator, schema, rows, ROWS)) {
            written.loadNextBatch();
            return written.getVectorSchemaRoot().getRowCount();
        }
    }
}

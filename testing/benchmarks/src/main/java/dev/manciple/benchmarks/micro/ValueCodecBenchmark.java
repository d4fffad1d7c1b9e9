package dev.manciple.benchmarks.micro;

import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One value to the bytes an online store keeps, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ValueCodecBenchmark {
    /** Lists have 128 elements. */
    public enum Kind {
        INT64,
        DOUBLE,
        STRING,
        UNIX_TIMESTAMP,
        FLOATS;

        ValueType type() {
            return switch (this) {
                case INT64 -> ValueType.Scalar.INT64;
                case DOUBLE -> ValueType.Scalar.DOUBLE;
                case STRING -> ValueType.Scalar.STRING;
                case UNIX_TIMESTAMP -> ValueType.Scalar.UNIX_TIMESTAMP;
                case FLOATS -> new ValueType.ListOf(ValueType.Scalar.FLOAT);
            };
        }

        Value value() {
            return switch (this) {
                case INT64 -> new Value.Int(1_234_567);
                case DOUBLE -> new Value.Real(0.123456789);
                case STRING -> new Value.Text("a text of some length");
                case UNIX_TIMESTAMP -> new Value.Time(Instant.ofEpochSecond(1_700_000_000));
                case FLOATS -> new Value.Many(Collections.nCopies(128, new Value.Real(0.5)));
            };
        }
    }

    /** What is encoded. */
    @Param
    public Kind kind;

    private ValueType type;
    private Value value;
    private byte[] bytes;

    /** Encodes once, for decoding. */
    @Setup
    public void prepare() {
        type = kind.type();
        value = kind.value();
        bytes = ValueCodec.encode(value, type);
    }

    @Benchmark
    public byte[] encode() {
        return ValueCodec.encode(value, type);
    }

    @Benchmark
    public Value decode() {
        return ValueCodec.decode(bytes, type);
    }
}

package dev.manciple.benchmarks.micro;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A key of an integer and a text to the bytes stores find it by, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EntityKeyCodecBenchmark {
    private EntityKeyCodec codec;
    private EntityKey key;
    private byte[] bytes;

    /** Encodes once, for decoding. */
    @Setup
    public void prepare() {
        codec = EntityKeyCodec.of(
                List.of(Field.of("user_id", ValueType.Scalar.INT64), Field.of("market", ValueType.Scalar.STRING)));
        key = new EntityKey(
                List.of("user_id", "market"), List.of(new Value.Int(1_234_567), new Value.Text("Covent Garden")));
        bytes = codec.encode(key);
    }

    @Benchmark
    public byte[] encode() {
        return codec.encode(key);
    }

    @Benchmark
    public EntityKey decode() {
        return codec.decode(bytes);
    }
}

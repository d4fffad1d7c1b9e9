package dev.manciple.benchmarks.micro;

import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.plugin.ConfigBinder;
import java.util.Map;
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

/** The options of a store from YAML to its record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BinderBenchmark {
    private ConfigBinder binder;
    private Map<String, Object> options;

    /** Makes the binder, as the runtime does once. */
    @Setup
    public void prepare() {
        binder = new ConfigBinder();
        options = Map.of("memory_limit", "2GB", "threads", 2, "temp_directory", "spill");
    }

    @Benchmark
    public DuckDbConfig bind() {
        return binder.bind("feature_store.yaml: offline_store", DuckDbConfig.class, options);
    }
}

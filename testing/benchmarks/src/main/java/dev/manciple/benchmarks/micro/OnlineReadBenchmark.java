package dev.manciple.benchmarks.micro;

import dev.manciple.FeatureSelection;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.benchmarks.FixedStore;
import dev.manciple.benchmarks.OnlineReadWorkload;
import dev.manciple.benchmarks.Project;
import dev.manciple.local.Engine;
import dev.manciple.retrieve.FeatureHomes;
import dev.manciple.retrieve.OnlineRetrieval;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.transform.Transformations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** An online read from SQLite, and what of it is not the store: the plan, found or made anew, statuses and columns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OnlineReadBenchmark {
    /** Asked for at once. */
    @Param({"1", "10", "100"})
    public int keys;

    /** Of fifty features each. */
    @Param({"1", "5"})
    public int views;

    private BufferAllocator allocator;
    private Engine engine;
    private Path database;
    private OnlineStore store;
    private FeatureSelection selection;
    private Map<String, List<Value>> entities;
    private OnlineRetrieval whole;
    private OnlineRetrieval withoutStore;
    private OnlineRetrieval planning;

    /** Fills the store. */
    @Setup
    public void prepare() throws IOException {
        OnlineReadWorkload workload = new OnlineReadWorkload(keys, views);
        allocator = new RootAllocator();
        engine = new Engine(allocator);
        database = Files.createTempFile("online", ".db");
        store = new Project(Path.of("."), allocator).sqlite(database);
        workload.fill(store);
        selection = workload.selection();
        entities = workload.entities();
        RegistrySnapshot snapshot = workload.snapshot("one");
        RegistrySnapshot next = workload.snapshot("other");
        FixedStore fixed = new FixedStore(store.read(workload.reads()));
        whole = retrieval(() -> snapshot, store);
        withoutStore = retrieval(() -> snapshot, fixed);
        planning = retrieval(
                new Supplier<>() {
                    private boolean odd;

                    @Override
                    public RegistrySnapshot get() {
                        odd = !odd;
                        return odd ? next : snapshot;
                    }
                },
                fixed);
    }

    private OnlineRetrieval retrieval(Supplier<RegistrySnapshot> snapshots, OnlineStore store) {
        return new OnlineRetrieval(
                snapshots,
                store,
                new FeatureHomes(store, "store"),
                new Transformations(List.of(), engine),
                InstantSource.system());
    }

    /** Deletes the store. */
    @TearDown
    public void close() throws IOException {
        store.close();
        engine.close();
        allocator.close();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database + suffix));
        }
    }

    @Benchmark
    public OnlineFeatures whole() {
        return whole.features(selection, entities, OnlineOptions.DEFAULT);
    }

    @Benchmark
    public OnlineFeatures withoutStore() {
        return withoutStore.features(selection, entities, OnlineOptions.DEFAULT);
    }

    /** The registry changes before each request, so that no plan is found. */
    @Benchmark
    public OnlineFeatures withoutStorePlannedAnew() {
        return planning.features(selection, entities, OnlineOptions.DEFAULT);
    }
}

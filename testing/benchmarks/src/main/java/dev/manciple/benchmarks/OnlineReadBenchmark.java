package dev.manciple.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Reads of SQLite in this process and thread, layer by layer: time of single reads, and what one allocates on the heap. */
final class OnlineReadBenchmark implements Benchmark {
    static final String ID = "O1";

    private static final List<OnlineReadWorkload> WORKLOADS =
            List.of(new OnlineReadWorkload(1, 1), new OnlineReadWorkload(100, 5));
    /** Of features: enough of both workloads for the compiler to be done, and for a percentile. */
    private static final long WARMUP_FEATURES = 10_000_000;

    private static final long MEASURED_FEATURES = 20_000_000;
    private static final double MICROS = 1e3;
    private static final double KILOBYTE = 1e3;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        List<Result> results = new ArrayList<>();
        for (OnlineReadWorkload workload : WORKLOADS) {
            Files.createDirectories(settings.folder());
            Path database = Files.createTempFile(settings.folder(), "online", ".db");
            try (BufferAllocator allocator = new RootAllocator();
                    OnlineStore store = new Project(settings.folder(), allocator).sqlite(database)) {
                workload.fill(store);
                results.addAll(measure(workload, store, new Project(settings.folder(), allocator), allocator));
            } finally {
                delete(database);
            }
        }
        return results;
    }

    private static List<Result> measure(
            OnlineReadWorkload workload, OnlineStore store, Project project, BufferAllocator allocator) {
        List<OnlineRead> reads = workload.reads();
        FixedStore fixed = new FixedStore(store.read(reads));
        MemoryRegistry registry = new MemoryRegistry(workload.definitions());
        FeatureSelection selection = workload.selection();
        Map<String, List<Value>> entities = workload.entities();
        try (FeatureStore overFixed = FeatureStore.of(Project.NAME, registry, project.duckdb(), fixed, allocator);
                FeatureStore overStore = FeatureStore.of(Project.NAME, registry, project.duckdb(), store, allocator)) {
            require(workload, overStore.onlineFeatures(selection, entities, OnlineOptions.DEFAULT));
            return List.of(
                    layer(workload, "the store alone", () -> store.read(reads)),
                    layer(
                            workload,
                            "all but the store",
                            () -> overFixed.onlineFeatures(selection, entities, OnlineOptions.DEFAULT)),
                    layer(
                            workload,
                            "the whole read",
                            () -> overStore.onlineFeatures(selection, entities, OnlineOptions.DEFAULT)));
        }
    }

    private static void require(OnlineReadWorkload workload, OnlineFeatures features) {
        for (int column = 1; column < features.names().size(); column++) {
            if (!workload.right(column - 1, features.values().get(column))) {
                throw new IllegalStateException(
                        "%s: wrong values of %s".formatted(ID, features.names().get(column)));
            }
        }
    }

    private static Result layer(OnlineReadWorkload workload, String layer, Runnable read) {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        int features = workload.keys() * workload.features();
        for (long run = 0; run < WARMUP_FEATURES / features; run++) {
            read.run();
        }
        long[] nanos = new long[Math.toIntExact(MEASURED_FEATURES / features)];
        long allocated = threads.getCurrentThreadAllocatedBytes();
        for (int run = 0; run < nanos.length; run++) {
            long start = System.nanoTime();
            read.run();
            nanos[run] = System.nanoTime() - start;
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        Arrays.sort(nanos);
        return Result.reported(ID, "%s: %s".formatted(workload.describe(), layer))
                .with("median us", nanos[nanos.length / 2] / MICROS)
                .with("p99 us", nanos[nanos.length * 99 / 100] / MICROS)
                .with("heap kB per read", allocated / (KILOBYTE * nanos.length));
    }

    private static void delete(Path database) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database + suffix));
        }
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) {
        throw new IllegalArgumentException("%s has no part %s".formatted(ID, part));
    }
}

package dev.manciple.benchmarks;

import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.materialize.Materializer;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.ViewChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Copies views from Parquet into SQLite, against raw upserts of the same rows; then ever more keys, into SQLite and into a store
 * that only counts, each in a small process of its own whose peak must not grow with them.
 */
final class MaterializeBenchmark implements Benchmark {
    static final String ID = "M1";

    private static final MaterializeWorkload SPEED = new MaterializeWorkload(25, 6_381);
    private static final double LEAST_SHARE = 0.6;

    private static final String HEAP = "96m";
    private static final int HEAP_MEGABYTES = 96;
    private static final String ENGINE = "128MB";
    private static final int ENGINE_MEGABYTES = 128;
    /** The JVM itself, the native libraries, SQLite's pages and what the engine does not count. */
    private static final int REST_MEGABYTES = 320;

    private static final String SQLITE = "SQLite";
    private static final String COUNTING = "counting";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        List<Result> results = new ArrayList<>();
        results.add(speed(settings));
        for (long keys : List.of(10_000L, 100_000L, 1_000_000L)) {
            results.add(memory(SQLITE, keys, settings));
        }
        for (long keys : List.of(10_000L, 100_000L, 1_000_000L, 10_000_000L)) {
            results.add(memory(COUNTING, keys, settings));
        }
        return results;
    }

    private static Result speed(Settings settings) throws Exception {
        Path raw = settings.folder().resolve("raw.db");
        Path ours = settings.folder().resolve("materialized.db");
        List<FeatureView> views = SPEED.definitions(settings.folder());
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                OfflineStore offline = new Project(settings.folder(), allocator).duckdb(settings)) {
            Project project = new Project(settings.folder(), allocator);
            List<RawUpserts> upserts = new ArrayList<>();
            for (int i = 0; i < SPEED.views(); i++) {
                Path file = new Workspace(settings.folder()).parquet(SPEED.file(i), SPEED.query(i), engine);
                upserts.add(RawUpserts.of(
                        views.get(i),
                        "SELECT key, event_timestamp, * EXCLUDE (key, event_timestamp) FROM read_parquet('%s')"
                                .formatted(file),
                        engine,
                        MaterializeLimits.DEFAULT_BATCH_SIZE));
            }
            create(project, raw, views);
            RawUpserts.write(raw, upserts);
            create(project, ours, views);
            materialize(project, offline, ours, SPEED, settings, allocator);
            requireSame(raw, ours, views);

            Usage.Pair usage = Usage.interleaved(
                    settings,
                    () -> create(project, raw, views),
                    () -> RawUpserts.write(raw, upserts),
                    () -> create(project, ours, views),
                    () -> materialize(project, offline, ours, SPEED, settings, allocator));
            double share = 1 / usage.wallRatio();
            return Result.reported(ID, "25 views x 6,381 keys x 10 integers into SQLite")
                    .with("floor rows/s", SPEED.rows() / usage.floor().wallSeconds())
                    .with("rows/s", SPEED.rows() / usage.ours().wallSeconds())
                    .with("share", share)
                    .with("floor cpu s", usage.floor().cpuSeconds())
                    .with("cpu s", usage.ours().cpuSeconds())
                    .with("floor wall s", usage.floor().wallSeconds())
                    .with("wall s", usage.ours().wallSeconds())
                    .judged("share >= " + LEAST_SHARE, share >= LEAST_SHARE);
        } finally {
            delete(raw);
            delete(ours);
        }
    }

    private static void create(Project project, Path database, List<FeatureView> views) throws IOException {
        delete(database);
        try (OnlineStore store = project.sqlite(database)) {
            store.update(new ViewChanges(views, List.of()));
        }
    }

    private static void delete(Path database) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database + suffix));
        }
    }

    private static void materialize(
            Project project,
            OfflineStore offline,
            Path database,
            MaterializeWorkload workload,
            Settings settings,
            BufferAllocator allocator) {
        try (OnlineStore online = project.sqlite(database)) {
            materialize(offline, online, workload, settings, allocator);
        }
    }

    static void materialize(
            OfflineStore offline,
            OnlineStore online,
            MaterializeWorkload workload,
            Settings settings,
            BufferAllocator allocator) {
        Materializer materializer = new Materializer(
                new MemoryRegistry(workload.definitions(settings.folder())),
                Project.NAME,
                offline,
                online,
                allocator,
                InstantSource.system(),
                MaterializeLimits.ofMachine());
        MaterializeReport report = materializer.materialize(
                MaterializeWorkload.START, MaterializeWorkload.END, List.of(), MaterializeListener.NONE);
        report.failedViews().values().stream().findFirst().ifPresent(failure -> {
            throw failure;
        });
        long rows =
                report.rowsByView().values().stream().mapToLong(Long::longValue).sum();
        if (rows != workload.rows()) {
            throw new IllegalStateException("%d of %d rows were materialized".formatted(rows, workload.rows()));
        }
    }

    private static void requireSame(Path raw, Path ours, List<FeatureView> views) throws Exception {
        long different = SqliteFiles.differences(
                raw,
                ours,
                views.stream().map(view -> Project.NAME + "_" + view.name()).toList());
        if (different > 0) {
            throw new IllegalStateException("%s: %d rows differ from those written raw".formatted(ID, different));
        }
    }

    private static Result memory(String store, long keys, Settings settings) throws Exception {
        Settings small =
                new Settings(settings.folder(), settings.threads(), ENGINE, settings.warmups(), settings.runs());
        MaterializeWorkload workload = new MaterializeWorkload(1, keys);
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator)) {
            new Workspace(settings.folder()).parquet(workload.file(0), workload.query(0), engine);
        }
        Map<String, Double> figures = Child.run(HEAP, "%s/%s/%d".formatted(ID, store, keys), small);
        Result result = Result.reported(ID, "%,d keys x 10 integers, %s store".formatted(keys, store));
        for (Map.Entry<String, Double> figure : figures.entrySet()) {
            result = result.with(figure.getKey(), figure.getValue());
        }
        int most = HEAP_MEGABYTES + ENGINE_MEGABYTES + REST_MEGABYTES;
        return result.judged(
                "<= %d MB: heap %d, engine %d, rest %d"
                        .formatted(most, HEAP_MEGABYTES, ENGINE_MEGABYTES, REST_MEGABYTES),
                figures.getOrDefault(Child.PEAK, Double.MAX_VALUE) <= most);
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) throws Exception {
        String[] parts = part.split("/", 3);
        MaterializeWorkload workload = new MaterializeWorkload(1, Long.parseLong(parts[2]));
        Path database = settings.folder().resolve("alone.db");
        try (BufferAllocator allocator = new RootAllocator();
                OfflineStore offline = new Project(settings.folder(), allocator).duckdb(settings)) {
            Project project = new Project(settings.folder(), allocator);
            Usage usage = switch (parts[1]) {
                case SQLITE -> {
                    create(project, database, workload.definitions(settings.folder()));
                    yield Usage.of(() -> materialize(project, offline, database, workload, settings, allocator));
                }
                case COUNTING -> {
                    CountingStore counting = new CountingStore();
                    yield Usage.of(() -> materialize(offline, counting, workload, settings, allocator));
                }
                default -> throw new IllegalArgumentException("No store '%s'".formatted(parts[1]));
            };
            return Map.of("rows/s", workload.rows() / usage.wallSeconds());
        } finally {
            delete(database);
        }
    }
}

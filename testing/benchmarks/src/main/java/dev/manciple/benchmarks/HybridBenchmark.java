package dev.manciple.benchmarks;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * P7: the workload P3 through the hybrid store, one view in Parquet, one in PostgreSQL and one in the example store, or in a second
 * store of files, against P3 itself, where one store has all three. The values of both are checked first. PostgreSQL is a server of
 * this process's own, whose CPU is its own: time on the wall decides. P7M runs the same over a million and ten million entity rows,
 * each in a process of its own, and reports its peak.
 */
final class HybridBenchmark implements Benchmark {
    /** What is measured. */
    enum Part {
        TIME("P7"),
        MEMORY("P7M");

        final String id;

        Part(String id) {
            this.id = id;
        }
    }

    /** Where the third view lives; the store is called {@code barn}. */
    private enum Third {
        EXAMPLE("the example store") {
            @Override
            Map<String, Object> child(Settings settings) {
                return Map.of(
                        "type",
                        ExampleStore.TYPE,
                        "name",
                        BARN,
                        "conf",
                        Map.of("root", root(settings).toString()));
            }

            @Override
            void generate(Settings settings, JoinWorkload.View view, PlainDuckDb engine) throws Exception {
                ExampleStore.generate(root(settings), view, settings.folder(), engine);
            }

            @Override
            DataSource.Batch source(Settings settings, JoinWorkload.View view) {
                return ExampleStore.source(view);
            }
        },
        FILES("a second store of files") {
            @Override
            Map<String, Object> child(Settings settings) {
                return files(BARN, settings.memoryLimit(), settings);
            }

            @Override
            void generate(Settings settings, JoinWorkload.View view, PlainDuckDb engine) {
                // They are the files the other stores' views are made of.
            }

            @Override
            DataSource.Batch source(Settings settings, JoinWorkload.View view) {
                return view.definition(settings.folder()).batchSource().orElseThrow();
            }
        };

        private static final String BARN = "barn";

        final String title;

        Third(String title) {
            this.title = title;
        }

        abstract Map<String, Object> child(Settings settings);

        abstract void generate(Settings settings, JoinWorkload.View view, PlainDuckDb engine) throws Exception;

        abstract DataSource.Batch source(Settings settings, JoinWorkload.View view);

        private static Path root(Settings settings) {
            return settings.folder().resolve("arrow-folders");
        }
    }

    /** How entity rows and views meet. */
    private enum Way {
        AUTO("as the router chooses"),
        PUSH("the entity rows sent to every store");

        final String title;

        Way(String title) {
            this.title = title;
        }
    }

    private static final double MOST_TIMES = 1.5;
    private static final String HEAP = "512m";
    private static final int MILLION = 1_000_000;

    private final JoinWorkload workload = JoinWorkload.all().stream()
            .filter(each -> each.id().equals("P3"))
            .findFirst()
            .orElseThrow();

    private final Part part;

    HybridBenchmark(Part part) {
        this.part = part;
    }

    @Override
    public String id() {
        return part.id;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        List<Result> results = new ArrayList<>();
        switch (part) {
            case TIME -> {
                for (Third third : Third.values()) {
                    results.add(timed(settings, third));
                }
            }
            case MEMORY -> {
                for (Way way : Way.values()) {
                    for (int rows : List.of(MILLION, 10 * MILLION)) {
                        results.add(resident(settings, rows, way));
                    }
                }
            }
        }
        return results;
    }

    private Result resident(Settings settings, int rows, Way way) throws Exception {
        // Not by the process that is looked at, of whose peak this would be a part.
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator)) {
            new Workspace(settings.folder()).generate(larger(rows), engine);
        }
        Map<String, Double> alone = Child.run(HEAP, "%s/%s/%d".formatted(id(), way, rows), settings);
        return Result.reported(id(), "%d M entity rows, the same views, %s".formatted(rows / MILLION, way.title))
                .with("wall s", alone.getOrDefault("wall s", Double.NaN))
                .with(Child.PEAK, alone.getOrDefault(Child.PEAK, Double.NaN));
    }

    private JoinWorkload larger(int rows) {
        JoinWorkload.Spine entities = new JoinWorkload.Spine(rows, 100_000, JoinWorkload.KeyType.INTEGER);
        return new JoinWorkload(id(), entities, workload.views(), 1, OptionalDouble.empty(), OptionalDouble.empty());
    }

    private Result timed(Settings settings, Third third) throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                Postgres server = Postgres.start();
                OfflineStore one = new Project(settings.folder(), allocator).duckdb(settings)) {
            new Workspace(settings.folder()).generate(workload, engine);
            load(settings, server, engine, allocator);
            third.generate(settings, workload.views().get(2), engine);
            try (OfflineStore hybrid = hybrid(
                    settings,
                    settings.memoryLimit(),
                    List.of(sales(server), third.child(settings)),
                    Way.AUTO,
                    allocator)) {
                Spine spine =
                        spine(engine, settings.folder().resolve(workload.spine().file()), one);
                RetrievalJob floor = one.historicalFeatures(request(spine, whole(settings)));
                RetrievalJob ours = hybrid.historicalFeatures(request(spine, spread(settings, third)));
                JoinBenchmark expected = new JoinBenchmark(workload);
                expected.check(floor, settings, engine, allocator);
                expected.check(ours, settings, engine, allocator);
                List<Double> serverCpu = new ArrayList<>();
                Usage.Pair usage = Usage.interleaved(settings, () -> drain(floor, allocator), () -> {
                    double before = server.cpuSeconds();
                    drain(ours, allocator);
                    serverCpu.add(server.cpuSeconds() - before);
                });
                return Result.reported(id(), "%s, the third view in %s".formatted(workload.describe(), third.title))
                        .with("P3 cpu s", usage.floor().cpuSeconds())
                        .with("cpu s", usage.ours().cpuSeconds())
                        .with("the server's", PostgresBenchmark.median(serverCpu))
                        .with("P3 wall s", usage.floor().wallSeconds())
                        .with("wall s", usage.ours().wallSeconds())
                        .with("wall ratio", usage.wallRatio())
                        .judged("wall ratio <= " + MOST_TIMES, usage.wallRatio() <= MOST_TIMES);
            }
        }
    }

    /** One run over as many entity rows as is asked for, with a quarter of the memory for each engine. */
    @Override
    public Map<String, Double> alone(String asked, Settings settings) throws Exception {
        String[] parts = asked.split("/", 3);
        JoinWorkload larger = larger(Integer.parseInt(parts[2]));
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                Postgres server = Postgres.start();
                OfflineStore hybrid = hybrid(
                        settings,
                        quarter(settings),
                        List.of(sales(server), files(Third.BARN, quarter(settings), settings)),
                        Way.valueOf(parts[1]),
                        allocator);
                OfflineStore files = new Project(settings.folder(), allocator).duckdb(settings)) {
            load(settings, server, engine, allocator);
            Spine spine = spine(engine, settings.folder().resolve(larger.spine().file()), files);
            RetrievalJob job = hybrid.historicalFeatures(request(spine, spread(settings, Third.FILES)));
            Usage usage = Usage.of(() -> drain(job, allocator));
            return Map.of("wall s", usage.wallSeconds());
        }
    }

    /** Over a store of files and other stores. */
    private static OfflineStore hybrid(
            Settings settings, String limit, List<Map<String, Object>> others, Way way, BufferAllocator allocator)
            throws IOException {
        List<Map<String, Object>> children = new ArrayList<>(List.of(files("lake", limit, settings)));
        children.addAll(others);
        return new Project(
                        settings.folder(),
                        allocator,
                        ExampleStore.load(settings.folder().resolve("example-store")))
                .offlineStore(
                        "hybrid",
                        Map.of(
                                "offline_stores", children,
                                "transfer", way.name().toLowerCase(Locale.ROOT),
                                "memory_limit", quarter(settings),
                                "temp_directory", settings.folder().toString()));
    }

    private static Map<String, Object> sales(Postgres server) {
        return Map.of("type", "postgres", "name", "sales", "conf", server.options());
    }

    private static Map<String, Object> files(String name, String limit, Settings settings) {
        return Map.of(
                "type",
                "duckdb",
                "name",
                name,
                "conf",
                Map.of(
                        "threads", settings.threads(),
                        "memory_limit", limit,
                        "temp_directory", settings.folder().toString()));
    }

    /** What the router itself may hold. */
    private static String quarter(Settings settings) {
        long megabytes = Long.parseLong(settings.memoryLimit()
                .toUpperCase(Locale.ROOT)
                .replace("GB", "000")
                .replace("MB", ""));
        return megabytes / 4 + "MB";
    }

    /** The second view's table. */
    private void load(Settings settings, Postgres server, PlainDuckDb engine, BufferAllocator allocator)
            throws Exception {
        try (OfflineStore tables = server.store(settings, allocator)) {
            server.load(workload.views().get(1), settings.folder(), engine, tables);
        }
    }

    private static Spine spine(PlainDuckDb engine, Path file, OfflineStore store) {
        DataSource.Batch source = DataSource.Batch.files(file.toString()).eventTime(JoinWorkload.EVENT_TIME);
        return new Spine.Rows(
                store.describe(source), JoinWorkload.EVENT_TIME, () -> rows(engine, file), Optional.of(file));
    }

    private static ArrowReader rows(PlainDuckDb engine, Path file) {
        try {
            return engine.stream(PlainDuckDb.all(file));
        } catch (SQLException e) {
            throw new IllegalStateException("Reading " + file + " failed: " + e.getMessage(), e);
        }
    }

    private List<FeatureView> whole(Settings settings) {
        return workload.views().stream()
                .map(view -> view.definition(settings.folder()))
                .toList();
    }

    /** The first view in a store of files, the second in PostgreSQL, the third where it is to be. */
    private List<FeatureView> spread(Settings settings, Third third) {
        List<FeatureView> whole = whole(settings);
        FeatureView last = whole.get(2);
        return List.of(
                in("lake", whole.get(0)),
                Postgres.view(workload.views().get(1), settings.folder()),
                in(
                        Third.BARN,
                        last.source(third.source(settings, workload.views().get(2)))));
    }

    private static FeatureView in(String store, FeatureView view) {
        DataSource.Batch source = view.batchSource().orElseThrow();
        return view.source(source.about(About.NOTHING.tags(Map.of("store", store))));
    }

    private static HistoricalRequest request(Spine spine, List<FeatureView> views) {
        List<ViewSlice> slices = views.stream()
                .map(view -> new ViewSlice(view, view.name(), view.features(), Map.of()))
                .toList();
        return new HistoricalRequest(spine, slices, true, HistoricalRequest.Options.DEFAULT);
    }

    private static void drain(RetrievalJob job, BufferAllocator allocator) throws Exception {
        try (ArrowReader rows = job.open(allocator)) {
            PlainDuckDb.drain(rows);
        }
    }
}

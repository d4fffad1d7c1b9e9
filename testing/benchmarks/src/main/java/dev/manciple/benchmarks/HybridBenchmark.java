package dev.manciple.benchmarks;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * P7: the workload P3 through the hybrid store, one view in Parquet, one in PostgreSQL and one in a second store of files, against
 * P3 itself, where one store has all three. The values of both are compared first. PostgreSQL is a server of this process's own,
 * whose CPU is its own: time on the wall decides. P7M runs the same over a million and ten million entity rows, each in a process
 * of its own, and reports its peak.
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
        return switch (part) {
            case TIME -> List.of(timed(settings));
            case MEMORY -> memory(settings);
        };
    }

    private List<Result> memory(Settings settings) throws Exception {
        List<Result> results = new ArrayList<>();
        for (int rows : List.of(MILLION, 10 * MILLION)) {
            Map<String, Double> alone = Child.run(HEAP, id() + "/" + rows, settings);
            results.add(Result.reported(
                            "%s, %d M entity rows".formatted(id(), rows / MILLION),
                            "the same views, memory of the process")
                    .with("wall s", alone.getOrDefault("wall s", Double.NaN))
                    .with(Child.PEAK, alone.getOrDefault(Child.PEAK, Double.NaN)));
        }
        return results;
    }

    private Result timed(Settings settings) throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                Postgres server = Postgres.start();
                OfflineStore one = new Project(settings.folder(), allocator).duckdb(settings);
                OfflineStore hybrid = hybrid(settings, server, allocator)) {
            new Workspace(settings.folder()).generate(workload, engine);
            load(settings, server, allocator);
            Spine spine =
                    spine(engine, settings.folder().resolve(workload.spine().file()), one);
            RetrievalJob floor = one.historicalFeatures(request(spine, whole(settings)));
            RetrievalJob ours = hybrid.historicalFeatures(request(spine, spread(settings)));
            compare(floor, ours, engine, allocator);
            Usage.Pair usage = Usage.interleaved(settings, () -> drain(floor, allocator), () -> drain(ours, allocator));
            return Result.reported(id(), workload.describe() + ", in three stores")
                    .with("P3 cpu s", usage.floor().cpuSeconds())
                    .with("cpu s", usage.ours().cpuSeconds())
                    .with("P3 wall s", usage.floor().wallSeconds())
                    .with("wall s", usage.ours().wallSeconds())
                    .with("wall ratio", usage.wallRatio())
                    .judged("wall ratio <= " + MOST_TIMES, usage.wallRatio() <= MOST_TIMES);
        }
    }

    /** One run over as many entity rows as is asked for. */
    @Override
    public Map<String, Double> alone(String asked, Settings settings) throws Exception {
        int rows = Integer.parseInt(asked.substring(asked.indexOf('/') + 1));
        JoinWorkload.Spine entities = new JoinWorkload.Spine(rows, 100_000, JoinWorkload.KeyType.INTEGER);
        JoinWorkload larger =
                new JoinWorkload(id(), entities, workload.views(), 1, OptionalDouble.empty(), OptionalDouble.empty());
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                Postgres server = Postgres.start();
                OfflineStore hybrid = hybrid(settings, server, allocator);
                OfflineStore files = new Project(settings.folder(), allocator).duckdb(settings)) {
            new Workspace(settings.folder()).generate(larger, engine);
            load(settings, server, allocator);
            Spine spine = spine(engine, settings.folder().resolve(entities.file()), files);
            RetrievalJob job = hybrid.historicalFeatures(request(spine, spread(settings)));
            Usage usage = Usage.of(() -> drain(job, allocator));
            return Map.of("wall s", usage.wallSeconds());
        }
    }

    private static OfflineStore hybrid(Settings settings, Postgres server, BufferAllocator allocator) {
        Map<String, Object> engine = Map.of(
                "threads", settings.threads(),
                "memory_limit", settings.memoryLimit(),
                "temp_directory", settings.folder().toString());
        List<Map<String, Object>> children = List.of(
                Map.of("type", "duckdb", "name", "lake", "conf", engine),
                Map.of("type", "postgres", "name", "sales", "conf", server.options()),
                Map.of("type", "duckdb", "name", "barn", "conf", engine));
        return new Project(settings.folder(), allocator)
                .offlineStore(
                        "hybrid",
                        Map.of(
                                "offline_stores", children,
                                "memory_limit", quarter(settings),
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

    private void load(Settings settings, Postgres server, BufferAllocator allocator) throws Exception {
        JoinWorkload.View view = workload.views().get(1);
        try (OfflineStore files = new Project(settings.folder(), allocator).duckdb(settings);
                OfflineStore tables =
                        new Project(settings.folder(), allocator).offlineStore("postgres", server.options())) {
            Path file = settings.folder().resolve(view.file());
            DataSource.Batch source = DataSource.Batch.files(file.toString()).eventTime(JoinWorkload.EVENT_TIME);
            Spine.Rows rows = new Spine.Rows(
                    files.describe(source),
                    JoinWorkload.EVENT_TIME,
                    () -> ArrowRows.reader(allocator, files.describe(source), List.of(), 1),
                    Optional.of(file));
            HistoricalRequest copy =
                    new HistoricalRequest(rows, List.of(), false, new HistoricalRequest.Options(false, false));
            try (ArrowReader reader = files.historicalFeatures(copy).open(allocator)) {
                tables.writeLoggedFeatures(table(view), reader);
            }
        }
        server.execute("CREATE INDEX ON \"%s\" (%s, %s DESC, %s DESC NULLS LAST)"
                .formatted(view.name(), JoinWorkload.KEY, JoinWorkload.EVENT_TIME, JoinWorkload.CREATED_TIME));
        server.execute("ANALYZE");
    }

    private static DataSource.Batch table(JoinWorkload.View view) {
        return new DataSource.Batch(
                        view.name(),
                        "postgres",
                        new SourceLocation.Table(view.name()),
                        dev.manciple.model.TimeColumns.INFERRED,
                        Map.of(),
                        About.NOTHING,
                        Extras.NONE)
                .eventTime(JoinWorkload.EVENT_TIME)
                .createdTime(JoinWorkload.CREATED_TIME);
    }

    private static Spine spine(PlainDuckDb engine, Path file, OfflineStore store) {
        DataSource.Batch source = DataSource.Batch.files(file.toString()).eventTime(JoinWorkload.EVENT_TIME);
        return new Spine.Rows(
                store.describe(source), JoinWorkload.EVENT_TIME, () -> rows(engine, file), Optional.of(file));
    }

    private static ArrowReader rows(PlainDuckDb engine, Path file) {
        try {
            return engine.stream(
                    "SELECT * FROM read_parquet('%s')".formatted(file.toString().replace("'", "''")));
        } catch (SQLException e) {
            throw new IllegalStateException("Reading " + file + " failed: " + e.getMessage(), e);
        }
    }

    private List<FeatureView> whole(Settings settings) {
        return workload.views().stream()
                .map(view -> view.definition(settings.folder()))
                .toList();
    }

    /** The first view in one store of files, the second in PostgreSQL, the third in the other store of files. */
    private List<FeatureView> spread(Settings settings) {
        List<FeatureView> whole = whole(settings);
        return IntStream.range(0, whole.size())
                .mapToObj(i -> switch (i) {
                    case 0 -> in("lake", whole.get(i));
                    case 1 -> whole.get(i).source(table(workload.views().get(i)));
                    default -> in("barn", whole.get(i));
                })
                .toList();
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

    /** @throws IllegalStateException if the two results are not the same rows in the same order */
    private static void compare(RetrievalJob one, RetrievalJob other, PlainDuckDb engine, BufferAllocator allocator)
            throws Exception {
        engine.keep("one", one.open(allocator));
        engine.keep("other", other.open(allocator));
        long wrong = engine.count(
                "SELECT count(*) FROM ((SELECT * FROM one EXCEPT ALL SELECT * FROM other) UNION ALL (SELECT * FROM other EXCEPT ALL SELECT * FROM one))");
        if (wrong > 0) {
            throw new IllegalStateException(
                    "%s: the results differ in %d rows; nothing is measured".formatted(Part.TIME.id, wrong));
        }
        engine.execute("DROP TABLE one");
        engine.execute("DROP TABLE other");
    }

    private static void drain(RetrievalJob job, BufferAllocator allocator) throws Exception {
        try (ArrowReader rows = job.open(allocator)) {
            PlainDuckDb.drain(rows);
        }
    }
}

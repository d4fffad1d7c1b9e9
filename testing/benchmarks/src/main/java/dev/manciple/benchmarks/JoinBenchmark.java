package dev.manciple.benchmarks;

import dev.manciple.model.DataSource;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Joins a workload through the store users get, checks every value of the result, and measures it against the floor. */
final class JoinBenchmark implements Benchmark {
    private static final String HEAP = "256m";
    private static final String RESULT = "result";
    private static final String ALLOWED = "allowed";
    private static final String END_OF_STATEMENT = ";\n\n";
    private static final int TITLE_LENGTH = 70;

    private final JoinWorkload workload;

    JoinBenchmark(JoinWorkload workload) {
        this.workload = workload;
    }

    @Override
    public String id() {
        return workload.id();
    }

    /** @throws IllegalStateException if the result is wrong; nothing is measured then */
    @Override
    public List<Result> measure(Settings settings) throws Exception {
        JoinSql sql = new JoinSql(workload, settings.folder());
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                OfflineStore store = new Project(settings.folder(), allocator).duckdb(settings)) {
            new Workspace(settings.folder()).generate(workload, engine);
            check(sql, settings, engine, allocator);
            RetrievalJob job = job(settings, store, engine);
            double peak = Child.run(HEAP, id(), settings).getOrDefault(Child.PEAK, Double.MAX_VALUE);
            String floor = sql.floor();
            Usage.Pair usage = Usage.interleaved(settings, () -> engine.drain(floor), () -> drain(job, allocator));
            Result result = result(usage, peak);
            return List.of(ColdCommand.available() ? withCommand(result, settings) : result);
        }
    }

    /** Joins as often as it takes for memory to have settled. */
    @Override
    public Map<String, Double> alone(String part, Settings settings) throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                OfflineStore store = new Project(settings.folder(), allocator).duckdb(settings)) {
            RetrievalJob job = job(settings, store, engine);
            for (int run = 0; run < settings.warmups() + 1; run++) {
                drain(job, allocator);
            }
            return Map.of();
        }
    }

    /**
     * What each statement the store would run costs, by running them without the store; the last one is the result's.
     *
     * @return the first words of a statement to the median of its runs, in the order they run
     */
    Map<String, Usage> statements(Settings settings) throws Exception {
        Map<String, List<Usage>> runs = new LinkedHashMap<>();
        try (BufferAllocator allocator = new RootAllocator()) {
            for (int run = -settings.warmups(); run < settings.runs(); run++) {
                try (PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                        OfflineStore store = new Project(settings.folder(), allocator).duckdb(settings)) {
                    new Workspace(settings.folder()).generate(workload, engine);
                    List<String> script = List.of(
                            job(settings, store, engine).sql().orElseThrow().split(END_OF_STATEMENT));
                    for (int i = 0; i < script.size(); i++) {
                        String sql = script.get(i);
                        boolean last = i == script.size() - 1;
                        Usage usage = Usage.of(last ? () -> engine.drain(sql) : () -> engine.execute(sql));
                        if (run >= 0) {
                            runs.computeIfAbsent(title(i + 1, sql), any -> new ArrayList<>())
                                    .add(usage);
                        }
                    }
                }
            }
        }
        Map<String, Usage> medians = new LinkedHashMap<>();
        runs.forEach((title, usages) -> medians.put(title, Usage.median(usages)));
        return medians;
    }

    private static String title(int number, String sql) {
        String line = sql.replaceAll("\\s+", " ");
        return "%2d %s".formatted(number, line.substring(0, Math.min(TITLE_LENGTH, line.length())));
    }

    private RetrievalJob job(Settings settings, OfflineStore store, PlainDuckDb engine) {
        Path folder = settings.folder();
        Path entities = folder.resolve(workload.spine().file());
        DataSource.Batch file = DataSource.Batch.files(entities.toString()).eventTime(JoinWorkload.EVENT_TIME);
        Spine spine = new Spine.Rows(
                store.describe(file), JoinWorkload.EVENT_TIME, () -> rows(engine, entities), Optional.of(entities));
        List<ViewSlice> slices = workload.views().stream()
                .map(view -> view.definition(folder))
                .map(view -> new ViewSlice(view, view.name(), view.features(), Map.of()))
                .toList();
        return store.historicalFeatures(new HistoricalRequest(spine, slices, true, HistoricalRequest.Options.DEFAULT));
    }

    private static ArrowReader rows(PlainDuckDb engine, Path entities) {
        try {
            return engine.stream("SELECT * FROM read_parquet('%s')"
                    .formatted(entities.toString().replace("'", "''")));
        } catch (SQLException e) {
            throw new IllegalStateException("Reading " + entities + " failed: " + e.getMessage(), e);
        }
    }

    private static void drain(RetrievalJob job, BufferAllocator allocator) throws Exception {
        try (ArrowReader rows = job.open(allocator)) {
            PlainDuckDb.drain(rows);
        }
    }

    /** Leaves the result of the store in the table {@code result}. */
    void keepResult(Settings settings, PlainDuckDb engine, BufferAllocator allocator) throws SQLException {
        try (OfflineStore store = new Project(settings.folder(), allocator).duckdb(settings)) {
            engine.keep(RESULT, job(settings, store, engine).open(allocator));
        }
    }

    /** How often the table {@code result} differs from what a second, plain formulation of the join allows. */
    long wrongRows(JoinSql sql, PlainDuckDb engine) throws SQLException {
        long wrong = engine.count(sql.wrongEntityRows(RESULT));
        for (JoinWorkload.View view : workload.views()) {
            engine.execute(sql.allowed(view, ALLOWED));
            wrong += engine.count(sql.wrongFeatures(view, RESULT, ALLOWED));
        }
        engine.execute("DROP TABLE " + ALLOWED);
        return wrong;
    }

    private void check(JoinSql sql, Settings settings, PlainDuckDb engine, BufferAllocator allocator)
            throws SQLException {
        keepResult(settings, engine, allocator);
        requireRight(sql, engine);
    }

    /**
     * Checks what any store made of the workload, in order, and frees it.
     *
     * @throws IllegalStateException if it is wrong anywhere
     */
    void check(RetrievalJob job, Settings settings, PlainDuckDb engine, BufferAllocator allocator) throws SQLException {
        engine.keep(RESULT, job.open(allocator));
        requireRight(new JoinSql(workload, settings.folder()), engine);
    }

    private void requireRight(JoinSql sql, PlainDuckDb engine) throws SQLException {
        long wrong = wrongRows(sql, engine);
        if (wrong > 0) {
            throw new IllegalStateException(
                    "%s: the result is wrong in %d places; nothing is measured".formatted(workload.id(), wrong));
        }
        engine.execute("DROP TABLE " + RESULT);
    }

    private Result result(Usage.Pair usage, double peak) {
        boolean met = usage.cpuRatio() <= workload.mostCpu()
                && usage.ours().wallSeconds() <= workload.mostSeconds().orElse(Double.MAX_VALUE)
                && peak <= workload.mostMegabytes().orElse(Double.MAX_VALUE);
        return Result.reported(workload.id(), workload.describe())
                .with("floor cpu s", usage.floor().cpuSeconds())
                .with("cpu s", usage.ours().cpuSeconds())
                .with("cpu ratio", usage.cpuRatio())
                .with("floor wall s", usage.floor().wallSeconds())
                .with("wall s", usage.ours().wallSeconds())
                .with("wall ratio", usage.wallRatio())
                .with(Child.PEAK, peak)
                .judged(target(), met);
    }

    private Result withCommand(Result result, Settings settings) throws IOException, InterruptedException {
        Usage command = new ColdCommand(workload, settings).measure();
        return result.with("command cpu s", command.cpuSeconds()).with("command wall s", command.wallSeconds());
    }

    private String target() {
        StringBuilder target = new StringBuilder("cpu ratio <= " + workload.mostCpu());
        workload.mostSeconds().ifPresent(seconds -> target.append(", <= %.0f s".formatted(seconds)));
        workload.mostMegabytes().ifPresent(megabytes -> target.append(", <= %.0f MB".formatted(megabytes)));
        return target.toString();
    }
}

package dev.manciple.benchmarks;

import static java.util.stream.Collectors.joining;

import dev.manciple.model.Field;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * PG: PostgreSQL as an offline store. A million entity rows of thirteen columns are sent and come back, and joins with the
 * history of a table are measured against a plain window-function query over a table of the same entity rows, which has them
 * already and whose rows nobody decodes. The server is a process of its own on the same machine, so time on the wall decides.
 */
final class PostgresBenchmark implements Benchmark {
    static final String ID = "PG";

    private static final int COPIED_ROWS = 1_000_000;
    private static final double LEAST_ROWS_PER_SECOND = 500_000;
    private static final double LEAST_TIMES = 2;
    private static final String ENTITIES = "entities";
    private static final String RESULT = "result";

    /** What the store itself says to the server. */
    private static final String SETTINGS = "SET jit = off; SET work_mem = '64MB'; SET TIME ZONE 'UTC'";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        List<Result> results = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                Postgres server = Postgres.start();
                OfflineStore store = server.store(settings, allocator)) {
            results.add(copied(settings, engine, server, store, allocator));
            for (int keys : List.of(100_000, 10_000)) {
                results.add(joined(workload(keys), settings, engine, server, store, allocator));
            }
        }
        return results;
    }

    /** There and back: a request for no views returns its entity rows, and has sent them all by the time it is open. */
    private static Result copied(
            Settings settings, PlainDuckDb engine, Postgres server, OfflineStore store, BufferAllocator allocator)
            throws Exception {
        Path file = new Workspace(settings.folder())
                .parquet("copied_%d.parquet".formatted(COPIED_ROWS), copiedRows(), engine);
        HistoricalRequest request = new HistoricalRequest(
                spine(engine, file), List.of(), true, new HistoricalRequest.Options(false, false));
        RetrievalJob job = store.historicalFeatures(request);
        engine.keep(RESULT, job.open(allocator));
        requireNone(
                engine.count(
                        "SELECT count(*) FROM ((SELECT * EXCLUDE (row) FROM %1$s EXCEPT ALL %2$s) UNION ALL (%2$s EXCEPT ALL SELECT * EXCLUDE (row) FROM %1$s))"
                                .formatted(RESULT, PlainDuckDb.all(file))),
                "rows that were sent and returned");
        engine.execute("DROP TABLE " + RESULT);
        List<Usage> sent = new ArrayList<>();
        List<Usage> returned = new ArrayList<>();
        List<Double> sentServer = new ArrayList<>();
        List<Double> returnedServer = new ArrayList<>();
        for (int run = -settings.warmups(); run < settings.runs(); run++) {
            ArrowReader[] rows = new ArrowReader[1];
            double before = server.cpuSeconds();
            Usage upload = Usage.of(() -> rows[0] = job.open(allocator));
            double between = server.cpuSeconds();
            Usage download = Usage.of(() -> {
                try (ArrowReader reader = rows[0]) {
                    PlainDuckDb.drain(reader);
                }
            });
            if (run >= 0) {
                sent.add(upload);
                returned.add(download);
                sentServer.add(between - before);
                returnedServer.add(server.cpuSeconds() - between);
            }
        }
        Usage upload = Usage.median(sent);
        Usage result = Usage.median(returned);
        double up = COPIED_ROWS / upload.wallSeconds();
        double down = COPIED_ROWS / result.wallSeconds();
        return Result.reported(ID, "%,d entity rows of 13 columns, sent and returned".formatted(COPIED_ROWS))
                .with("upload rows/s", up)
                .with("upload cpu s", upload.cpuSeconds())
                .with("server's", median(sentServer))
                .with("result rows/s", down)
                .with("result cpu s", result.cpuSeconds())
                .with("the server's", median(returnedServer))
                .judged(
                        "both >= %,.0f rows/s".formatted(LEAST_ROWS_PER_SECOND),
                        Math.min(up, down) >= LEAST_ROWS_PER_SECOND);
    }

    static double median(List<Double> figures) {
        return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
    }

    /** Thirteen columns of the kinds features have, one in twenty of some of them null. */
    private static String copiedRows() {
        return """
                SELECT i AS id, (hash(i * 13) %% 100000)::BIGINT AS driver, (hash(i * 17) %% 1000)::INTEGER AS zone,
                       make_timestamptz(1700000000000000 + i * 1000) AS event_timestamp,
                       make_timestamptz(1700000000000000 + i * 1000 + (hash(i) %% 3600000000)::BIGINT) AS created,
                       'order ' || (hash(i * 19) %% 1000000) AS label, i %% 3 = 0 AS paid,
                       CASE WHEN i %% 20 > 0 THEN (hash(i * 23) %% 1000)::BIGINT END AS trips,
                       (i * 7)::BIGINT AS total, (i / 3.0)::FLOAT AS rating, i / 7.0::DOUBLE AS distance,
                       CASE WHEN i %% 20 > 0 THEN i / 11.0::DOUBLE END AS fare, i / 13.0::DOUBLE AS tip
                FROM range(%d) AS numbers(i)""".formatted(COPIED_ROWS);
    }

    private static JoinWorkload workload(int keys) {
        return new JoinWorkload(
                ID,
                new JoinWorkload.Spine(100_000, keys, JoinWorkload.KeyType.INTEGER),
                List.of(new JoinWorkload.View(1_000_000, keys, JoinWorkload.KeyType.INTEGER, 5, false, 0)),
                1,
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    private static Result joined(
            JoinWorkload workload,
            Settings settings,
            PlainDuckDb engine,
            Postgres server,
            OfflineStore store,
            BufferAllocator allocator)
            throws Exception {
        Path folder = settings.folder();
        JoinWorkload.View view = workload.views().getFirst();
        Path entities = folder.resolve(workload.spine().file());
        new Workspace(folder).generate(workload, engine);
        server.execute("DROP TABLE IF EXISTS \"%s\", %s".formatted(view.name(), ENTITIES));
        server.load(view, folder, engine, store);
        server.load(
                ENTITIES,
                "SELECT file_row_number AS row, * EXCLUDE (file_row_number) FROM read_parquet('%s', file_row_number = true)"
                        .formatted(entities.toString().replace("'", "''")),
                engine,
                store);
        server.execute("ANALYZE " + ENTITIES);

        String plain = windowQuery(view);
        Spine asQuery = new Spine.Query(plain + " ORDER BY row", JoinWorkload.EVENT_TIME);
        HistoricalRequest read =
                new HistoricalRequest(asQuery, List.of(), true, new HistoricalRequest.Options(false, true));
        JoinBenchmark expected = new JoinBenchmark(workload);
        expected.check(store.historicalFeatures(read), settings, engine, allocator);
        ViewSlice slice = new ViewSlice(Postgres.view(view, folder), view.name(), view.fields(), Map.of());
        RetrievalJob job = store.historicalFeatures(new HistoricalRequest(
                spine(engine, entities), List.of(slice), true, HistoricalRequest.Options.DEFAULT));
        expected.check(job, settings, engine, allocator);

        List<Double> plainServer = new ArrayList<>();
        List<Double> ourServer = new ArrayList<>();
        Usage.Pair usage = Usage.interleaved(
                settings,
                () -> {
                    double before = server.cpuSeconds();
                    server.drain(SETTINGS, plain);
                    plainServer.add(server.cpuSeconds() - before);
                },
                () -> {
                    double before = server.cpuSeconds();
                    try (ArrowReader rows = job.open(allocator)) {
                        PlainDuckDb.drain(rows);
                    }
                    ourServer.add(server.cpuSeconds() - before);
                });
        double times = 1 / usage.wallRatio();
        return Result.reported(ID, workload.describe())
                .with("window query wall s", usage.floor().wallSeconds())
                .with("server cpu s", median(plainServer))
                .with("wall s", usage.ours().wallSeconds())
                .with("cpu s", usage.ours().cpuSeconds())
                .with("the server's", median(ourServer))
                .with("times as fast", times)
                .judged("times as fast >= " + LEAST_TIMES, times >= LEAST_TIMES);
    }

    /** What one writes by hand, and Feast's template: every candidate of each entity row, ranked. */
    private static String windowQuery(JoinWorkload.View view) {
        String features = view.fields().stream()
                .map(Field::name)
                .map(name -> "f.%s AS %s__%s".formatted(name, view.name(), name))
                .collect(joining(", "));
        String outputs = view.fields().stream()
                .map(field -> "%s__%s".formatted(view.name(), field.name()))
                .collect(joining(", "));
        return """
                SELECT %1$s, %2$s, %3$s, %4$s FROM (
                  SELECT e.*, %5$s, row_number() OVER (PARTITION BY e.row ORDER BY f.%2$s DESC, f.%6$s DESC NULLS LAST) AS rank
                  FROM %7$s AS e
                  LEFT JOIN "%8$s" AS f ON f.%1$s = e.%1$s AND f.%2$s <= e.%2$s AND f.%2$s >= e.%2$s - interval '%9$d seconds'
                ) AS ranked WHERE rank = 1""".formatted(
                        JoinWorkload.KEY,
                        JoinWorkload.EVENT_TIME,
                        JoinWorkload.LABEL,
                        outputs,
                        features,
                        JoinWorkload.CREATED_TIME,
                        ENTITIES,
                        view.name(),
                        JoinWorkload.TTL.toSeconds());
    }

    private static void requireNone(long wrong, String what) {
        if (wrong > 0) {
            throw new IllegalStateException("%s: %d %s differ; nothing is measured".formatted(ID, wrong, what));
        }
    }

    private static Spine spine(PlainDuckDb engine, Path file) throws Exception {
        try (ArrowReader none = engine.stream(PlainDuckDb.all(file) + " LIMIT 0")) {
            return new Spine.Rows(none.getVectorSchemaRoot().getSchema(), JoinWorkload.EVENT_TIME, () -> {
                try {
                    return engine.stream(PlainDuckDb.all(file));
                } catch (SQLException e) {
                    throw new IllegalStateException("Reading " + file + " failed: " + e.getMessage(), e);
                }
            });
        }
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) {
        throw new IllegalArgumentException("%s has no part %s".formatted(ID, part));
    }
}

package dev.manciple.benchmarks;

import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.tck.Proxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.embedded.RedisServer;

/** Reads and writes of Redis beside the driver's own pipelines doing the same on the same bytes. */
final class RedisBenchmark implements Benchmark {
    static final String ID = "R1";

    private static final MaterializeWorkload WRITES = new MaterializeWorkload(5, 20_000);
    /** As a materialization writes: two writers. */
    private static final int WRITERS = 2;

    private static final int WARMUP_FEATURES = 1_000_000;
    private static final int MEASURED_FEATURES = 3_000_000;
    private static final double SECOND = 1e9;

    private record Promise(OnlineReadWorkload workload, double share, double p99Ratio) {
        String text() {
            return p99Ratio == Double.MAX_VALUE
                    ? "share >= %.2f".formatted(share)
                    : "share >= %.2f, p99 <= %.1f x raw".formatted(share, p99Ratio);
        }
    }

    private static final List<Promise> READS = List.of(
            new Promise(new OnlineReadWorkload(1, 1), 0.6, 1.5),
            new Promise(new OnlineReadWorkload(100, 5), 0.5, Double.MAX_VALUE));

    private static final double LEAST_WRITE_SHARE = 0.6;
    private static final double ENOUGH_ROWS_PER_SECOND = 300_000;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        int port = freePort();
        RedisServer server = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        try (BufferAllocator allocator = new RootAllocator();
                Connection raw = new Connection("127.0.0.1", port)) {
            Project project = new Project(settings.folder(), allocator);
            String address = "127.0.0.1:" + port;
            List<Result> results = new ArrayList<>();
            for (Promise promise : READS) {
                try (OnlineStore store = project.redis(address)) {
                    results.addAll(read(promise, store, raw, project, allocator));
                }
            }
            try (OnlineStore store = project.redis(address)) {
                results.addAll(write(store, raw, port, project, settings, allocator));
            }
            try (Proxy way = new Proxy(port);
                    OnlineStore store = project.redis("127.0.0.1:" + way.port())) {
                List<OnlineRead> reads = READS.getFirst().workload().reads();
                results.add(Recovery.measure(ID, way, () -> store.read(reads)));
            }
            return results;
        } finally {
            server.stop();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    // ---- reads ---------------------------------------------------------------------------------------------------

    private static List<Result> read(
            Promise promise, OnlineStore store, Connection raw, Project project, BufferAllocator allocator)
            throws Exception {
        OnlineReadWorkload workload = promise.workload();
        raw.executeCommand(Protocol.Command.FLUSHALL);
        workload.fill(store);
        List<OnlineRead> reads = workload.reads();
        List<FeatureView> views = workload.definitions();
        List<byte[]> keys = reads.getFirst().keys().stream()
                .map(key -> RawHashes.key(views.getFirst(), key))
                .toList();
        byte[][] fields = RawHashes.fields(views);
        Map<String, List<Value>> entities = workload.entities();
        try (FeatureStore features =
                FeatureStore.of(Project.NAME, new MemoryRegistry(views), project.duckdb(), store, allocator)) {
            require(workload, features.onlineFeatures(workload.selection(), entities, OnlineOptions.DEFAULT));
            Usage.Work floor = () -> RawHashes.read(raw, keys, fields);
            return List.of(
                    compare(promise, "the store alone", floor, () -> store.read(reads)),
                    compare(
                            promise,
                            "the whole read",
                            floor,
                            () -> features.onlineFeatures(workload.selection(), entities, OnlineOptions.DEFAULT)));
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

    private static Result compare(Promise promise, String layer, Usage.Work floor, Usage.Work ours) throws Exception {
        int features = promise.workload().keys() * promise.workload().features();
        Turns turns = Turns.measure(floor, ours, WARMUP_FEATURES / features, MEASURED_FEATURES / features);
        return turns.result(ID, "%s: %s".formatted(promise.workload().describe(), layer))
                .judged(promise.text(), turns.share() >= promise.share() && turns.p99Ratio() <= promise.p99Ratio());
    }

    // ---- writes --------------------------------------------------------------------------------------------------

    private static List<Result> write(
            OnlineStore store,
            Connection control,
            int port,
            Project project,
            Settings settings,
            BufferAllocator allocator)
            throws Exception {
        List<FeatureView> views = WRITES.definitions(settings.folder());
        List<List<OnlineRow>> rows = new ArrayList<>();
        List<List<RawHashes.Row>> encoded = new ArrayList<>();
        try (PlainDuckDb engine = new PlainDuckDb(settings, allocator);
                OfflineStore offline = project.duckdb(settings)) {
            for (int i = 0; i < views.size(); i++) {
                Path file = new Workspace(settings.folder()).parquet(WRITES.file(i), WRITES.query(i), engine);
                rows.add(rows(file, engine));
                encoded.add(RawHashes.encode(views.get(i), rows.getLast()));
            }
            Usage.Work empty = () -> control.executeCommand(Protocol.Command.FLUSHALL);
            Usage.Work floor = () -> inParallel(views.size(), view -> {
                try (Connection connection = new Connection("127.0.0.1", port)) {
                    RawHashes.write(connection, encoded.get(view));
                }
            });
            Usage.Work ours = () -> inParallel(views.size(), view -> {
                List<OnlineRow> all = rows.get(view);
                for (int from = 0; from < all.size(); from += MaterializeLimits.DEFAULT_BATCH_SIZE) {
                    store.write(
                            views.get(view),
                            all.subList(from, Math.min(from + MaterializeLimits.DEFAULT_BATCH_SIZE, all.size())));
                }
            });
            Usage.Work materialize =
                    () -> MaterializeBenchmark.materialize(offline, store, WRITES, settings, allocator);
            requireSame(control, empty, floor, ours);
            requireSame(control, empty, floor, materialize);
            return List.of(
                    judge("rows in memory", Usage.interleaved(settings, empty, floor, empty, ours)),
                    judge("over rows that are there", Usage.interleaved(settings, floor, ours)),
                    judge("materialize", Usage.interleaved(settings, empty, floor, empty, materialize)));
        }
    }

    private static List<OnlineRow> rows(Path file, PlainDuckDb engine) throws Exception {
        List<OnlineRow> rows = new ArrayList<>();
        engine.forEach(
                "SELECT key, event_timestamp, * EXCLUDE (key, event_timestamp) FROM read_parquet('%s')".formatted(file),
                values -> {
                    if (values.get(1) instanceof Value.Time time) {
                        EntityKey key = new EntityKey(List.of(MaterializeWorkload.KEY), List.of(values.getFirst()));
                        rows.add(new OnlineRow(
                                key, List.copyOf(values.subList(2, values.size())), time.value(), Optional.empty()));
                    }
                });
        return rows;
    }

    private interface ViewWork {
        void write(int view);
    }

    private static void inParallel(int views, ViewWork work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < views; i++) {
                int view = i;
                running.add(threads.submit(() -> work.write(view)));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    /** The server's own digest of all its data. */
    private static void requireSame(Connection control, Usage.Work empty, Usage.Work floor, Usage.Work ours)
            throws Exception {
        empty.run();
        floor.run();
        String raw = digest(control);
        empty.run();
        ours.run();
        if (!digest(control).equals(raw)) {
            throw new IllegalStateException("%s: what was written differs from what was written raw".formatted(ID));
        }
    }

    private static String digest(Connection control) {
        control.setTimeoutInfinite();
        control.sendCommand(
                () -> "DEBUG".getBytes(StandardCharsets.US_ASCII), "DIGEST".getBytes(StandardCharsets.US_ASCII));
        return control.getStatusCodeReply();
    }

    private static Result judge(String how, Usage.Pair usage) {
        double raw = WRITES.rows() * SECOND / usage.floor().wall();
        double ours = WRITES.rows() * SECOND / usage.ours().wall();
        double least = Math.min(ENOUGH_ROWS_PER_SECOND, LEAST_WRITE_SHARE * raw);
        return Result.reported(
                        ID, "%d views x %,d keys x 10 integers: %s".formatted(WRITES.views(), WRITES.keys(), how))
                .with("raw rows/s", raw)
                .with("rows/s", ours)
                .with("share", ours / raw)
                .with("raw cpu s", usage.floor().cpuSeconds())
                .with("cpu s", usage.ours().cpuSeconds())
                .judged("the less of 300,000 rows/s and 0.6 x raw", ours >= least);
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) {
        throw new IllegalArgumentException("%s has no part %s".formatted(ID, part));
    }
}

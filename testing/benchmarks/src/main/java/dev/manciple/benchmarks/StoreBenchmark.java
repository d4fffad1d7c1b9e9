package dev.manciple.benchmarks;

import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.servers.MariaDb;
import dev.manciple.servers.RunningServer;
import dev.manciple.servers.Servers;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Guarded writes and reads of an online store beside its vendor's client doing the same on the same bytes. */
final class StoreBenchmark implements Benchmark {
    /**
     * The stores, and how many rows a measured run writes: as many as their server takes in a few seconds.
     *
     * <p>Redis has a benchmark of its own, whose promise is another.
     */
    enum Kind {
        POSTGRES(10_000),
        MYSQL(5_000),
        CASSANDRA(2_000),
        DYNAMODB(1_000),
        BIGTABLE(2_000);

        private final int rows;

        Kind(int rows) {
            this.rows = rows;
        }

        String id() {
            return "R-" + name();
        }

        String type() {
            return name().toLowerCase(Locale.ROOT);
        }

        private RunningServer start(Path folder) throws Exception {
            return switch (this) {
                case POSTGRES -> Servers.postgres();
                case MYSQL -> MariaDb.start();
                case CASSANDRA -> Servers.cassandra(folder);
                case DYNAMODB -> Servers.dynamodb(folder);
                case BIGTABLE -> Servers.bigtable();
            };
        }

        private RawStore raw(int port) throws Exception {
            return switch (this) {
                case POSTGRES -> new RawPostgres(port);
                case MYSQL -> new RawMySql(port);
                case CASSANDRA -> new RawCassandra(port);
                case DYNAMODB -> new RawDynamoDb(port);
                case BIGTABLE -> new RawBigtable(port);
            };
        }

        /** The keys of the store, as {@code feature_store.yaml} has them. */
        private Map<String, Object> options(int port) {
            return switch (this) {
                case POSTGRES ->
                    Map.of(
                            "host",
                            "127.0.0.1",
                            "port",
                            port,
                            "database",
                            "postgres",
                            "user",
                            "postgres",
                            "password",
                            "any",
                            "sslmode",
                            "disable");
                case MYSQL -> Map.of("port", port, "user", "root", "password", "", "database", RawMySql.DATABASE);
                case CASSANDRA ->
                    Map.of(
                            "hosts",
                            List.of("127.0.0.1"),
                            "port",
                            port,
                            "keyspace",
                            RawCassandra.KEYSPACE,
                            "username",
                            CassandraServer.USER,
                            "password",
                            CassandraServer.PASSWORD,
                            "request_timeout",
                            60);
                case DYNAMODB ->
                    Map.of(
                            "region",
                            RawDynamoDb.REGION,
                            "endpoint_url",
                            "http://127.0.0.1:" + port,
                            "access_key_id",
                            "test",
                            "secret_access_key",
                            "test");
                case BIGTABLE ->
                    Map.of(
                            "project_id",
                            RawBigtable.INSTANCE,
                            "instance",
                            RawBigtable.INSTANCE,
                            "emulator",
                            "127.0.0.1:" + port);
            };
        }
    }

    private static final double LEAST_SHARE = 0.6;
    private static final double SECOND = 1e9;
    private static final int BATCH = 1_000;
    private static final int WARMUP_READS = 300;
    private static final int READS = 1_000;
    private static final List<OnlineReadWorkload> WORKLOADS =
            List.of(new OnlineReadWorkload(1, 1), new OnlineReadWorkload(100, 1));

    private static final String KEY = "key";
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
    private static final FeatureView WRITTEN = FeatureView.of("written")
            .source(DataSource.Batch.files("unused.parquet").eventTime("event_timestamp"))
            .entities(List.of(KEY))
            .entityColumns(List.of(Field.of(KEY, ValueType.Scalar.INT64)))
            .features(IntStream.range(0, 10)
                    .mapToObj(i -> Field.of("f" + i, ValueType.Scalar.INT64))
                    .toList());

    private final Kind kind;

    StoreBenchmark(Kind kind) {
        this.kind = kind;
    }

    @Override
    public String id() {
        return kind.id();
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        try (RunningServer server = kind.start(settings.folder().resolve(kind.type()));
                RawStore raw = kind.raw(server.port());
                BufferAllocator allocator = new RootAllocator()) {
            Project project = new Project(settings.folder(), allocator);
            try (OnlineStore store = project.onlineStore(kind.type(), kind.options(server.port()))) {
                List<Result> results = new ArrayList<>();
                for (OnlineReadWorkload workload : WORKLOADS) {
                    results.add(read(workload, store, raw));
                }
                results.add(write(store, raw, settings));
                results.add(recovery(server, project));
                return results;
            }
        }
    }

    private Result read(OnlineReadWorkload workload, OnlineStore store, RawStore raw) throws Exception {
        workload.fill(store);
        List<OnlineRead> reads = workload.reads();
        OnlineRead only = reads.getFirst();
        if (store.read(reads).getFirst().lookups().stream().anyMatch(lookup -> !(lookup instanceof Lookup.Found))) {
            throw new IllegalStateException("%s: rows are missing".formatted(id()));
        }
        // Emulators take their time for a hundred keys.
        int fewer = workload.keys() == 1 ? 1 : 5;
        Turns turns = Turns.measure(
                raw.reading(only.view(), only.keys()), () -> store.read(reads), WARMUP_READS / fewer, READS / fewer);
        return turns.result(id(), workload.describe())
                .judged("share >= %.1f".formatted(LEAST_SHARE), turns.share() >= LEAST_SHARE);
    }

    /** Over rows that are there already and equal, so that every run does the same work on both sides. */
    private Result write(OnlineStore store, RawStore raw, Settings settings) throws Exception {
        List<OnlineRow> rows =
                IntStream.range(0, kind.rows).mapToObj(StoreBenchmark::row).toList();
        store.update(new ViewChanges(List.of(WRITTEN), List.of()));
        Usage.Work floor = raw.writing(WRITTEN, rows, BATCH);
        Usage.Work ours = () -> {
            for (int from = 0; from < rows.size(); from += BATCH) {
                store.write(WRITTEN, rows.subList(from, Math.min(from + BATCH, rows.size())));
            }
        };
        floor.run();
        requireStored(store, rows);
        ours.run();
        raw.reading(WRITTEN, rows.subList(0, 100).stream().map(OnlineRow::key).toList())
                .run();
        Usage.Pair usage = Usage.interleaved(settings, floor, ours);
        double share = 1 / usage.wallRatio();
        return Result.reported(id(), "%,d rows x 10 integers, guarded".formatted(kind.rows))
                .with("raw rows/s", kind.rows * SECOND / usage.floor().wall())
                .with("rows/s", kind.rows * SECOND / usage.ours().wall())
                .with("share", share)
                .with("raw cpu s", usage.floor().cpuSeconds())
                .with("cpu s", usage.ours().cpuSeconds())
                .judged("share >= %.1f".formatted(LEAST_SHARE), share >= LEAST_SHARE);
    }

    private Result recovery(RunningServer server, Project project) throws Exception {
        List<OnlineRead> reads = WORKLOADS.getFirst().reads();
        try (Proxy way = new Proxy(server.port());
                OnlineStore store = project.onlineStore(kind.type(), kind.options(way.port()))) {
            return Recovery.measure(id(), way, () -> store.read(reads));
        }
    }

    private static OnlineRow row(int key) {
        return new OnlineRow(
                new EntityKey(List.of(KEY), List.of(new Value.Int(key))),
                IntStream.range(0, WRITTEN.features().size())
                        .<Value>mapToObj(i -> new Value.Int(1_000_003L * key + i))
                        .toList(),
                TIME,
                Optional.empty());
    }

    /** What was written raw is what the store would have written. */
    private void requireStored(OnlineStore store, List<OnlineRow> rows) {
        List<OnlineRow> some = rows.subList(0, 100);
        List<Lookup> stored = store.read(List.of(new OnlineRead(
                        WRITTEN, some.stream().map(OnlineRow::key).toList(), WRITTEN.features())))
                .getFirst()
                .lookups();
        for (int i = 0; i < some.size(); i++) {
            if (!stored.get(i).equals(new Lookup.Found(some.get(i).values(), TIME))) {
                throw new IllegalStateException(
                        "%s: row %d written raw was read as %s".formatted(id(), i, stored.get(i)));
            }
        }
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) {
        throw new IllegalArgumentException("%s has no part %s".formatted(id(), part));
    }
}

package dev.manciple.benchmarks.serving;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.benchmarks.Benchmark;
import dev.manciple.benchmarks.Project;
import dev.manciple.benchmarks.Result;
import dev.manciple.benchmarks.Settings;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import redis.embedded.RedisServer;

/**
 * Manciple's server, Feast's, and what lies below them, on one Redis with one set of values. Loads and servers share the machine,
 * so the rates are lower than a server alone reaches, for all of them alike.
 */
public final class ServingBenchmark implements Benchmark {
    /** What the command line calls it. */
    public static final String ID = "S1";

    private static final List<Integer> CONNECTIONS = List.of(1, 4, 16);
    /** Until a server that runs for days has long been compiled for what it is asked most. */
    private static final Duration COMPILING = Duration.ofSeconds(16);

    private static final Duration WARMUP = Duration.ofSeconds(2);
    private static final Duration MEASURED = Duration.ofSeconds(4);
    private static final int OPEN_CONNECTIONS = 4;
    private static final Duration OPEN_WARMUP = Duration.ofSeconds(30);
    private static final Duration OPEN_MEASURED = Duration.ofSeconds(15);
    /** The client alone has been asked the same for long enough before. */
    private static final Duration RAW_OPEN_WARMUP = Duration.ofSeconds(5);

    private static final double MILLI = 1e6;
    private static final double LONGEST_START = 2;
    private static final double LEAST_OF_RAW = 0.4;
    private static final double LEAST_GRPC_TO_HTTP = 1.5;
    private static final double LEAST_HERE_TO_GRPC = 2;
    private static final long FEW_REQUESTS = 100_000;
    private static final long MANY_REQUESTS = 1_000_000;
    private static final double MOST_GROWTH = 1.1;

    private static final String HTTP = "HTTP";
    private static final String GRPC = "gRPC";
    private static final String HERE = "in process";
    private static final String RAW = "raw";
    private static final String FEAST = "Feast";

    private final String id;
    private final List<ServingWorkload> workloads;

    /** Everything. */
    public ServingBenchmark() {
        this(ID, ServingWorkload.all());
    }

    private ServingBenchmark(String id, List<ServingWorkload> workloads) {
        this.id = id;
        this.workloads = workloads;
    }

    /** Each of the workloads by itself, which takes a quarter of the time. */
    public static List<Benchmark> parts() {
        return ServingWorkload.all().stream()
                .<Benchmark>map(workload -> new ServingBenchmark(
                        "%s-%dx%d".formatted(ID, workload.keys(), workload.features()), List.of(workload)))
                .toList();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public List<Result> measure(Settings settings) throws Exception {
        int port = freePort();
        RedisServer redis = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        Path repository = settings.folder().resolve("serving");
        try (BufferAllocator allocator = new RootAllocator();
                FeatureStore store = ServingData.repository(repository, Project.NAME, "127.0.0.1:" + port)) {
            List<FeatureView> views = views(store);
            try (OnlineStore online = new Project(settings.folder(), allocator).redis("127.0.0.1:" + port)) {
                ServingData.fill(online, views);
            }
            try (ServerProcess ours = ServerProcess.manciple(repository);
                    Peer feast = Peer.start(repository)) {
                List<Result> results = new ArrayList<>();
                results.add(Result.reported(ID, "start to first answer")
                        .with("seconds", ours.startSeconds())
                        .judged("<= 2 s", ours.startSeconds() <= LONGEST_START));
                for (ServingWorkload workload : workloads) {
                    results.addAll(measure(workload, targets(workload, store, views, port, ours, feast), feast));
                }
                if (id.equals(ID)) {
                    results.add(memory(ours));
                }
                return results;
            }
        } finally {
            redis.stop();
        }
    }

    /** Feast's server, where Feast is installed. */
    private record Peer(Optional<ServerProcess> server) implements AutoCloseable {
        static Peer start(Path repository) throws IOException, InterruptedException {
            if (!Files.isExecutable(ServerProcess.feastProgram())) {
                System.err.println("Without Feast: ./manciple-feast-tests installs it.");
                return new Peer(Optional.empty());
            }
            return new Peer(Optional.of(ServerProcess.feast(repository)));
        }

        @Override
        public void close() {
            server.ifPresent(ServerProcess::close);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<FeatureView> views(FeatureStore store) {
        Map<String, AnyFeatureView> all = store.registry().views();
        return IntStream.range(0, ServingData.VIEWS)
                .mapToObj(ServingData::view)
                .map(all::get)
                .map(FeatureView.class::cast)
                .toList();
    }

    private static List<Target<?>> targets(
            ServingWorkload workload,
            FeatureStore store,
            List<FeatureView> views,
            int redis,
            ServerProcess ours,
            Peer feast) {
        List<FeatureView> asked = views.subList(0, workload.views());
        List<byte[]> bodies = workload.json();
        List<Target<?>> targets = new ArrayList<>();
        targets.add(new Target<>(
                RAW + " HMGET",
                HashCaller.to(redis, workload.storeKeys(), asked, false),
                (request, answer) -> workload.checkRaw(request, fields(answer))));
        targets.add(new Target<>(
                RAW + " HGETALL", HashCaller.to(redis, workload.storeKeys(), asked, true), (request, answer) -> {}));
        targets.add(new Target<>(HERE, () -> inProcess(workload, store, views), workload::check));
        targets.add(new Target<>(
                GRPC,
                GrpcCaller.to(ours.grpcPort(), "feast.serving.ServingService/GetOnlineFeatures", workload.messages()),
                workload::checkMessage));
        targets.add(new Target<>(HTTP, HttpCaller.to(ours.port(), "/get-online-features", bodies), workload::check));
        feast.server()
                .ifPresent(server -> targets.add(new Target<>(
                        FEAST, HttpCaller.to(server.port(), "/get-online-features", bodies), workload::check)));
        return targets;
    }

    private static List<List<byte[]>> fields(List<Object> answer) {
        return answer.stream()
                .map(row -> ((List<?>) row).stream().map(byte[].class::cast).toList())
                .toList();
    }

    private static Caller<OnlineFeatures> inProcess(
            ServingWorkload workload, FeatureStore store, List<FeatureView> views) {
        FeatureSelection selection = workload.selection(views);
        List<Map<String, List<Value>>> entities = workload.entities();
        return new Caller<>() {
            @Override
            public OnlineFeatures call(int request) {
                return store.onlineFeatures(selection, entities.get(request), OnlineOptions.DEFAULT);
            }

            @Override
            public void close() {}
        };
    }

    private static List<Result> measure(ServingWorkload workload, List<Target<?>> targets, Peer feast)
            throws Exception {
        for (Target<?> target : targets) {
            target.verify();
            Load.closed(target, OPEN_CONNECTIONS, COMPILING, Duration.ofSeconds(1));
        }
        List<Result> results = new ArrayList<>();
        Map<String, Double> most = new LinkedHashMap<>();
        Map<Target<?>, Double> raw = new LinkedHashMap<>();
        double fourConnections = 0;
        for (int connections : CONNECTIONS) {
            Result line =
                    Result.reported(ID, "%s: requests/s, %d at a time".formatted(workload.describe(), connections));
            for (Target<?> target : targets) {
                double rate = Load.closed(target, connections, WARMUP, MEASURED);
                line = line.with(target.name(), rate);
                if (target.name().startsWith(RAW)) {
                    most.merge(RAW, rate, Math::max);
                    raw.merge(target, rate, Math::max);
                } else {
                    most.merge(target.name(), rate, Math::max);
                }
                if (connections == OPEN_CONNECTIONS && target.name().equals(HTTP)) {
                    fourConnections = rate;
                }
            }
            results.add(line);
        }
        results.add(ratios(workload, most, feast.server().isPresent()));
        for (Target<?> target : targets) {
            if (target.name().equals(HTTP)) {
                results.add(latency(
                        workload, target, fastest(raw), workload.rate() > 0 ? workload.rate() : fourConnections / 2));
            }
        }
        return results;
    }

    private static Result ratios(ServingWorkload workload, Map<String, Double> most, boolean withFeast) {
        double http = rate(most, HTTP);
        double grpc = rate(most, GRPC);
        double here = rate(most, HERE);
        double ofRaw = http / rate(most, RAW);
        Result line = Result.reported(ID, "%s: the most each answers".formatted(workload.describe()))
                .with("HTTP / raw", ofRaw)
                .with("gRPC / HTTP", grpc / http)
                .with("in process / gRPC", here / grpc);
        String target = "raw >= 0.4, gRPC >= 1.5, in process >= 2";
        boolean met = ofRaw >= LEAST_OF_RAW && grpc / http >= LEAST_GRPC_TO_HTTP && here / grpc >= LEAST_HERE_TO_GRPC;
        if (withFeast) {
            double timesFeast = http / rate(most, FEAST);
            line = line.with("HTTP / Feast", timesFeast);
            if (workload.timesFeast() > 0) {
                target += ", Feast >= %d".formatted(workload.timesFeast());
                met &= timesFeast >= workload.timesFeast();
            }
        }
        return line.judged(target, met);
    }

    private static double rate(Map<String, Double> most, String name) {
        return most.getOrDefault(name, Double.NaN);
    }

    private static Target<?> fastest(Map<Target<?>, Double> rates) {
        return rates.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** The client alone at the same rate tells how quiet the machine is. */
    private static Result latency(ServingWorkload workload, Target<?> http, Target<?> raw, double rate)
            throws Exception {
        long[] took = Load.open(http, OPEN_CONNECTIONS, rate, OPEN_WARMUP, OPEN_MEASURED);
        long[] rawTook = Load.open(raw, OPEN_CONNECTIONS, rate, RAW_OPEN_WARMUP, OPEN_MEASURED);
        double p99 = p99(took);
        return Result.reported(ID, "%s: HTTP at a fixed rate".formatted(workload.describe()))
                .with("requests/s", rate)
                .with("p50 ms", took[took.length / 2] / MILLI)
                .with("p99 ms", p99)
                .with("worst ms", Arrays.stream(took).max().orElse(0) / MILLI)
                .with("p99 ms of " + raw.name(), p99(rawTook))
                .judged("p99 <= %d ms".formatted(workload.p99Millis()), p99 <= workload.p99Millis());
    }

    private static double p99(long[] sorted) {
        return sorted[sorted.length * 99 / 100] / MILLI;
    }

    /** Whether a server that has answered a million requests is larger than one that has answered a tenth of them. */
    private static Result memory(ServerProcess ours) throws Exception {
        ServingWorkload workload = ServingWorkload.all().getFirst();
        Target<byte[]> http = new Target<>(
                HTTP, HttpCaller.to(ours.port(), "/get-online-features", workload.json()), workload::check);
        Load.requests(http, OPEN_CONNECTIONS, FEW_REQUESTS);
        double before = ours.residentMegabytes();
        Load.requests(http, OPEN_CONNECTIONS, MANY_REQUESTS);
        double after = ours.residentMegabytes();
        return Result.reported(ID, "%,d requests more".formatted(MANY_REQUESTS))
                .with("resident MB before", before)
                .with("resident MB after", after)
                .judged("<= 1.1 x", after <= MOST_GROWTH * before);
    }

    @Override
    public Map<String, Double> alone(String part, Settings settings) {
        throw new IllegalArgumentException("%s has no part %s".formatted(ID, part));
    }
}

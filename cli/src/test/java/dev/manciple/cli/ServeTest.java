package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.tck.Await;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto.RepeatedValue;
import dev.manciple.wire.proto.ValueProto.Value;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The process that {@code manciple serve} is, with all of its servers. */
@Timeout(300)
class ServeTest {
    private static final int TERMINATED = 143;
    private static final int CALLERS = 9;

    /** How long a soak goes on asking before the signal, in requests of each caller. */
    private static final int REQUESTS = 50 * Integer.getInteger("soak.factor", 1);

    private static final Pattern BOUND =
            Pattern.compile("(.*) at (?:[a-z+]+://)?127\\.0\\.0\\.1:(\\d+)\\S* ?(\\(.*\\))?");
    private static final String READ = "{\"entities\": {\"driver_id\": [1001]}, \"features\": [\"trips:count\"]}";

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void repository() throws IOException {
        Rides.apply(folder, "");
        assertThat(Cli.in(folder).run("materialize", "2024-01-01", "2025-01-01").code())
                .isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void toldToStopItAnswersEverybodyWhoAsks() throws Exception {
        Process process = Processes.manciple(
                folder,
                "serve",
                "--port=0",
                "--grpc-port=0",
                "--offline-port=0",
                "--registry-port=0",
                "--registry-rest-port=0",
                "--metrics-port=0");
        try (BufferedReader out = process.inputReader()) {
            Map<String, Integer> ports = ports(out);
            assertThat(ports.keySet())
                    .containsExactly(
                            "Serving 1 feature view (HTTP)",
                            "Serving 1 feature view (gRPC)",
                            "and metrics",
                            "Serving the history of 1 feature view (Arrow Flight)",
                            "Serving the registry of 1 project (gRPC)",
                            "Serving the registry of 1 project (REST)");
            for (int port : ports.values()) {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
            }
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", Objects.requireNonNull(ports.get("Serving 1 feature view (gRPC)")))
                    .usePlaintext()
                    .build();
            HttpRequest online = request(
                            Objects.requireNonNull(ports.get("Serving 1 feature view (HTTP)")), "/get-online-features")
                    .POST(HttpRequest.BodyPublishers.ofString(READ))
                    .build();
            HttpRequest registry = request(
                            Objects.requireNonNull(ports.get("Serving the registry of 1 project (REST)")),
                            "/api/v1/entities?project=rides")
                    .build();
            List<Asking> kinds = List.of(
                    () -> send(online).statusCode(), () -> send(registry).statusCode(), () -> overGrpc(channel));

            AtomicBoolean signalled = new AtomicBoolean();
            LongAdder answered = new LongAdder();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<CompletableFuture<List<Integer>>> callers = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    Asking asking = kinds.get(caller % kinds.size());
                    callers.add(CompletableFuture.supplyAsync(() -> statuses(asking, answered, signalled), threads));
                }
                Await.until("enough are answered", () -> {
                    assertThat(callers).as("nobody fails").noneMatch(CompletableFuture::isDone);
                    return answered.sum() >= (long) CALLERS * REQUESTS;
                });
                assertThat(send(request(Objects.requireNonNull(ports.get("and metrics")), "/metrics")
                                        .build())
                                .body())
                        .contains(
                                "feast_feature_server_request_total{endpoint=\"/get-online-features\",status=\"200\"}")
                        .contains(
                                "feast_feature_server_request_total{endpoint=\"GET /api/v1/entities\",status=\"200\"}")
                        .contains("manciple_requests_running{server=\"offline\"} 0");
                Processes.run(folder, "kill", "-TERM", Long.toString(process.pid()));
                signalled.set(true);
                for (CompletableFuture<List<Integer>> caller : callers) {
                    assertThat(caller.join()).hasSizeGreaterThan(20).containsOnly(200);
                }
            } finally {
                channel.shutdownNow();
            }
            try (BufferedReader errors = process.errorReader()) {
                assertThat(errors.lines().toList()).contains("Stopped.");
            }
            assertThat(process.waitFor()).isEqualTo(TERMINATED);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theRegistryServerMakesDatasetsWithTheStoresOfTheRepository() throws Exception {
        Process process =
                Processes.manciple(folder, "serve_registry", "--host=127.0.0.1", "--port=0", "-r", "--rest-port=0");
        try (BufferedReader out = process.inputReader()) {
            Integer port = Objects.requireNonNull(ports(out).get("Serving the registry of 1 project (REST)"));
            HttpResponse<String> accepted = send(request(port, "/api/v1/saved_datasets/create")
                    .POST(HttpRequest.BodyPublishers.ofString("""
                            {"name": "training", "project": "rides", "features": ["trips:count"],
                             "entity_keys": ["driver_id"], "entity_values": "1001", "end_date": "2024-06-01",
                             "storage_path": "datasets/training.parquet"}
                            """))
                    .build());
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
            HttpRequest jobs = request(port, "/api/v1/saved_datasets/jobs?status=completed")
                    .build();
            Await.until("the job is done", () -> send(jobs).body().contains("\"dataset_name\":\"training\""));
            assertThat(send(request(port, "/api/v1/saved_datasets/data/training?project=rides")
                                    .build())
                            .body())
                    .contains("\"count\":7");
            assertThat(folder.resolve("datasets/training.parquet")).isNotEmptyFile();
            Processes.run(folder, "kill", "-TERM", Long.toString(process.pid()));
            assertThat(process.waitFor()).isEqualTo(TERMINATED);
        } finally {
            process.destroyForcibly();
        }
    }

    /** By what is printed of each, up to the one that is printed last. */
    private static Map<String, Integer> ports(BufferedReader out) throws IOException {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher bound = BOUND.matcher(line);
            assertThat(bound.matches()).as(line).isTrue();
            String protocol = bound.group(3) == null ? "" : " " + bound.group(3);
            ports.put(bound.group(1) + protocol, Integer.parseInt(bound.group(2)));
            if (line.endsWith("(REST)")) {
                break;
            }
        }
        return ports;
    }

    private static HttpRequest.Builder request(Integer port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)));
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** One request, and its status in numbers of HTTP. */
    private interface Asking {
        int status() throws IOException, InterruptedException;
    }

    private static int overGrpc(Channel channel) {
        GetOnlineFeaturesResponse answer = ClientCalls.blockingUnaryCall(
                channel,
                MethodDescriptor.<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName("feast.serving.ServingService/GetOnlineFeatures")
                        .setRequestMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesRequest.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesResponse.getDefaultInstance()))
                        .build(),
                CallOptions.DEFAULT,
                GetOnlineFeaturesRequest.newBuilder()
                        .setFeatures(FeatureList.newBuilder().addVal("trips:count"))
                        .putEntities(
                                "driver_id",
                                RepeatedValue.newBuilder()
                                        .addVal(Value.newBuilder().setInt64Val(1001))
                                        .build())
                        .build());
        return answer.getResults(1).getValues(0).getInt64Val() == 7 ? 200 : -1;
    }

    /** Asks again and again, and some times more once the process is told to stop. */
    private List<Integer> statuses(Asking asking, LongAdder answered, AtomicBoolean signalled) {
        List<Integer> statuses = new ArrayList<>();
        try {
            for (int after = 0; after < 20; after += signalled.get() ? 1 : 0) {
                statuses.add(asking.status());
                answered.increment();
            }
        } catch (IOException | StatusRuntimeException e) {
            statuses.add(-1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return statuses;
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsServer() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (Map.Entry<String, String> server : Map.of(
                            "--port", "The feature server",
                            "--grpc-port", "The feature server",
                            "--metrics-port", "The server of metrics",
                            "--offline-port", "The offline server",
                            "--registry-port", "The registry server",
                            "--registry-rest-port", "The registry server")
                    .entrySet()) {
                Map<String, String> ports = new LinkedHashMap<>(Map.of("--port", "0", "--grpc-port", "0"));
                ports.put(server.getKey(), port);
                Cli.Result result = Cli.in(folder)
                        .run(Stream.concat(
                                        Stream.of("serve"),
                                        ports.entrySet().stream()
                                                .flatMap(each -> Stream.of(each.getKey(), each.getValue())))
                                .toArray(String[]::new));
                assertThat(result.code()).isEqualTo(1);
                assertThat(result.err())
                        .startsWith(
                                "Error: %s cannot listen on 127.0.0.1, port %s: ".formatted(server.getValue(), port))
                        .endsWith("Choose another host or port\n");
            }
        }
    }
}

package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers over gRPC that do harm, on purpose or not. */
@Timeout(120)
class GrpcFaultsTest {
    private static final int PLACES = 4;

    /** {@code ./manciple-soak} sends more. */
    private static final int FACTOR = Integer.getInteger("soak.factor", 1);

    private static final MethodDescriptor<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> READ =
            MethodDescriptor.<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("feast.serving.ServingService/GetOnlineFeatures")
                    .setRequestMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesResponse.getDefaultInstance()))
                    .build();

    @TempDir
    Path folder;

    private FeatureStore store;
    private FeatureServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        store = Repository.create(folder);
        server = FeatureServer.start(
                store,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withGrpcPort(0)
                        .withLimits(new ServerOptions.Limits(1 << 20, 1_000, PLACES, Duration.ofSeconds(30))),
                "test");
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort().orElseThrow())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private static GetOnlineFeaturesRequest question(int rows) {
        ValueProto.RepeatedValue.Builder drivers = ValueProto.RepeatedValue.newBuilder();
        for (int row = 0; row < rows; row++) {
            drivers.addVal(ValueProto.Value.newBuilder().setInt64Val(1001));
        }
        return GetOnlineFeaturesRequest.newBuilder()
                .setFeatures(FeatureList.newBuilder().addVal("driver_stats:trips"))
                .putEntities("driver_id", drivers.build())
                .build();
    }

    private Status.Code ask(int rows) {
        try {
            GetOnlineFeaturesResponse answer =
                    ClientCalls.blockingUnaryCall(channel, READ, CallOptions.DEFAULT, question(rows));
            assertThat(answer.getResults(1).getValues(0).getInt64Val()).isEqualTo(7);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    /** A call that has begun and asked nothing. */
    private ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> begun() {
        ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> call =
                channel.newCall(READ, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.request(1);
        return call;
    }

    @Test
    void clientsThatGoHalfWayLeaveNothingBehind() throws Exception {
        for (int round = 0; round < 100 * FACTOR; round++) {
            begun().cancel("nothing asked", null);
            ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> asked = begun();
            asked.sendMessage(question(1));
            asked.cancel("not all asked", null);
            ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> gone = begun();
            gone.sendMessage(question(100));
            gone.halfClose();
            gone.cancel("no answer wanted", null);
        }
        Http http = Http.of(server);
        while (!http.get("/metrics").body().contains("manciple_requests_running{server=\"online\"} 0")) {
            Thread.onSpinWait();
        }
        assertThat(ask(1)).isEqualTo(Status.Code.OK);
    }

    @Test
    void callersWhoAskNothingKeepNobodyOut() {
        List<ClientCall<?, ?>> silent = new ArrayList<>();
        for (int caller = 0; caller < 5 * PLACES; caller++) {
            silent.add(begun());
        }
        assertThat(ask(1)).isEqualTo(Status.Code.OK);
        silent.forEach(call -> call.cancel("enough", null));
    }

    @Test
    void fiveTimesAsManyCallersAsPlacesAreAllAnswered() {
        List<CompletableFuture<List<Status.Code>>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 5 * PLACES; caller++) {
                callers.add(CompletableFuture.supplyAsync(
                        () -> {
                            List<Status.Code> codes = new ArrayList<>();
                            for (int call = 0; call < 50 * FACTOR; call++) {
                                codes.add(ask(1));
                            }
                            return codes;
                        },
                        threads));
            }
            List<Status.Code> all =
                    callers.stream().flatMap(caller -> caller.join().stream()).toList();

            assertThat(all)
                    .hasSize(5 * PLACES * 50 * FACTOR)
                    .contains(Status.Code.OK)
                    .isSubsetOf(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
        }
        assertThat(ask(1)).isEqualTo(Status.Code.OK);
    }

    @Test
    void refusesMoreThanItsLimits() {
        assertThat(ask(1_000)).isEqualTo(Status.Code.OK);
        assertThat(ask(1_001)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ask(1_000_000)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    /** Told to stop, it says so to those who ask for its health, and answers all the same. */
    @Test
    void whileItEndsItIsNotServingButAnswers() throws Exception {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        HealthCheckResponse.ServingStatus health = HealthCheckResponse.ServingStatus.SERVING;
        while (health == HealthCheckResponse.ServingStatus.SERVING) {
            health = ClientCalls.blockingUnaryCall(
                            channel,
                            HealthGrpc.getCheckMethod(),
                            CallOptions.DEFAULT,
                            HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        }
        assertThat(health).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
        assertThat(ask(1)).isEqualTo(Status.Code.OK);
        closed.get(60, TimeUnit.SECONDS);
    }
}

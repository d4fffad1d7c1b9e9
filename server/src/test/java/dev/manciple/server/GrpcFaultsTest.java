package dev.manciple.server;

import static dev.manciple.server.SmallServer.FACTOR;
import static dev.manciple.server.SmallServer.PLACES;
import static dev.manciple.server.SmallServer.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.tck.Await;
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
    static final MethodDescriptor<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> READ =
            MethodDescriptor.<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("feast.serving.ServingService/GetOnlineFeatures")
                    .setRequestMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesResponse.getDefaultInstance()))
                    .build();

    @TempDir
    Path folder;

    private SmallServer small;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        small = SmallServer.start(folder);
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", small.server().grpcPort().orElseThrow())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        small.close();
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
        return begun(new CompletableFuture<>());
    }

    /** As {@link #begun()}; how it ends is told. */
    private ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> begun(CompletableFuture<Status> ended) {
        ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> call =
                channel.newCall(READ, CallOptions.DEFAULT);
        ClientCall.Listener<GetOnlineFeaturesResponse> listener = new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                ended.complete(status);
            }
        };
        call.start(listener, new Metadata());
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
        Http http = Http.of(small.server());
        Await.until(
                "no request runs",
                () -> http.get("/metrics").body(),
                metrics -> metrics.contains("manciple_requests_running{server=\"online\"} 0"));
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

    /** As many as one connection may have at a time: the next call waits until one of them is over. */
    @Test
    void callsWhoseQuestionDoesNotComeAreEnded() throws Exception {
        List<CompletableFuture<Status>> silent = new ArrayList<>();
        for (int call = 0; call < GrpcServer.STREAMS_PER_CALL * PLACES; call++) {
            CompletableFuture<Status> ended = new CompletableFuture<>();
            ClientCall<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> begun = begun(ended);
            if (call % 2 == 0) {
                begun.sendMessage(question(1));
            }
            silent.add(ended);
        }

        assertThat(ask(1)).isEqualTo(Status.Code.OK);
        for (CompletableFuture<Status> ended : silent) {
            assertThat(ended.get(60, TimeUnit.SECONDS)).satisfies(status -> {
                assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                assertThat(status.getDescription()).startsWith("The question did not come whole within 2 seconds");
            });
        }
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
        assertThat(ask(ROWS)).isEqualTo(Status.Code.OK);
        assertThat(ask(ROWS + 1)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ask(1_000_000)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    /** Told to stop, it says so to those who ask for its health, and answers all the same. */
    @Test
    void whileItEndsItIsNotServingButAnswers() throws Exception {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(small.server()::close);
        HealthCheckResponse.ServingStatus health = Await.until(
                "it says that it ends",
                () -> ClientCalls.blockingUnaryCall(
                                channel,
                                HealthGrpc.getCheckMethod(),
                                CallOptions.DEFAULT,
                                HealthCheckRequest.getDefaultInstance())
                        .getStatus(),
                status -> status != HealthCheckResponse.ServingStatus.SERVING);
        assertThat(health).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
        assertThat(ask(1)).isEqualTo(Status.Code.OK);
        closed.get(60, TimeUnit.SECONDS);
    }
}

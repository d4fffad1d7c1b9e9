package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.manciple.FeatureStore;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.server.grpc.TransformationClient;
import dev.manciple.tck.Await;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.TransformationProto.FeatureTransformationV2;
import dev.manciple.wire.proto.TransformationProto.UserDefinedFunctionV2;
import dev.manciple.wire.proto.TransformationServiceProto.TransformFeaturesRequest;
import dev.manciple.wire.proto.TransformationServiceProto.TransformFeaturesResponse;
import dev.manciple.wire.proto.TransformationServiceProto.ValueType;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On demand views in Python, computed by a server that speaks Feast's protocol as its transformation server does. */
class TransformationServiceTest {
    private static final String READ = """
            {"entities": {"driver_id": [1001, 1002, 7], "bonus": [1, 2, 3]}, "features": ["driver_stats:name", "%s:sum"]}
            """;

    private static final String ALONE = """
            {"entities": {"driver_id": [1001], "bonus": [1]}, "features": ["%s:sum"]}
            """;

    /** Of two numbers each, more than one message may have. */
    private static final int ROWS = 250_000;

    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    /** That of the silent view, and whether only because its time was over. */
    private final CompletableFuture<Boolean> silentEnded = new CompletableFuture<>();

    private Server service;
    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        service = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(definition())
                .build()
                .start();
        store = Repository.create(
                folder,
                """
                online_store:
                  type: sqlite
                  path: online.db
                feature_server:
                  transformation_service_endpoint: 127.0.0.1:%d
                """.formatted(service.getPort()),
                "",
                TransformationClient::connect,
                List.of(
                        view("summed", "pandas"),
                        view("failing", "pandas"),
                        view("silent", "pandas"),
                        view("native", "python")));
        server = FeatureServer.start(
                store,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withDrain(Duration.ZERO)
                        .withLimits(new ServerOptions.Limits(16 << 20, ROWS, 8, Duration.ofSeconds(30))),
                "test");
        http = Http.of(server);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
        service.shutdownNow();
    }

    private static Definition view(String name, String mode) {
        byte[] code = OnDemandFeatureViewSpec.newBuilder()
                .setMode(mode)
                .setFeatureTransformation(FeatureTransformationV2.newBuilder()
                        .setUserDefinedFunction(UserDefinedFunctionV2.newBuilder()
                                .setName("add")
                                .setBodyText("def add(df): ...")
                                .setMode(mode)))
                .build()
                .toByteArray();
        return new OnDemandFeatureView(
                name,
                List.of(new Projection("driver_stats", Optional.empty(), List.of("trips"), Map.of())),
                List.of(DataSource.Request.of("request", Field.of("bonus", Scalar.INT64))),
                List.of(Field.of("sum", Scalar.DOUBLE)),
                new Transformation.Foreign(mode, "def add(df): ..."),
                About.NOTHING,
                new Extras(java.nio.ByteBuffer.wrap(code)));
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("feast.serving.TransformationService")
                .addMethod(
                        MethodDescriptor.<TransformFeaturesRequest, TransformFeaturesResponse>newBuilder()
                                .setType(MethodDescriptor.MethodType.UNARY)
                                .setFullMethodName("feast.serving.TransformationService/TransformFeatures")
                                .setRequestMarshaller(
                                        ProtoUtils.marshaller(TransformFeaturesRequest.getDefaultInstance()))
                                .setResponseMarshaller(
                                        ProtoUtils.marshaller(TransformFeaturesResponse.getDefaultInstance()))
                                .build(),
                        ServerCalls.asyncUnaryCall((request, out) -> {
                            calls.incrementAndGet();
                            if (request.getOnDemandFeatureViewName().equals("silent")) {
                                Context.current()
                                        .addListener(
                                                ended ->
                                                        silentEnded.complete(Objects.requireNonNull(ended.getDeadline())
                                                                .isExpired()),
                                                Runnable::run);
                                return;
                            }
                            if (request.getOnDemandFeatureViewName().equals("failing")) {
                                out.onError(Status.UNKNOWN
                                        .withDescription("Exception calling application: division by zero")
                                        .asRuntimeException());
                                return;
                            }
                            out.onNext(answer(request));
                            out.onCompleted();
                        }))
                .build();
    }

    private TransformFeaturesResponse answer(TransformFeaturesRequest request) {
        asked.add(request.getProject() + "/" + request.getOnDemandFeatureViewName());
        byte[] rows = request.getTransformationInput().getArrowValue().toByteArray();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BufferAllocator allocator = new RootAllocator();
                ArrowFileReader reader =
                        new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(rows), allocator);
                Float8Vector sums = new Float8Vector(request.getOnDemandFeatureViewName() + "__sum", allocator)) {
            VectorSchemaRoot input = reader.getVectorSchemaRoot();
            int count = 0;
            while (reader.loadNextBatch()) {
                BigIntVector trips = (BigIntVector) input.getVector("trips");
                BigIntVector bonus = (BigIntVector) input.getVector("bonus");
                for (int row = 0; row < input.getRowCount(); row++) {
                    if (trips.isNull(row)) {
                        sums.setSafe(count, Double.NaN);
                    } else {
                        sums.setSafe(count, (double) (trips.get(row) + bonus.get(row)));
                    }
                    count++;
                }
            }
            sums.setValueCount(count);
            VectorSchemaRoot output = new VectorSchemaRoot(List.of(sums.getField()), List.of(sums), count);
            try (ArrowFileWriter writer = new ArrowFileWriter(output, null, Channels.newChannel(bytes))) {
                writer.start();
                writer.writeBatch();
                writer.end();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return TransformFeaturesResponse.newBuilder()
                .setTransformationOutput(ValueType.newBuilder().setArrowValue(ByteString.copyFrom(bytes.toByteArray())))
                .build();
    }

    @Test
    void aPandasViewIsComputedByTheService() throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", READ.formatted("summed"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Http.json(answer).at("/results/3/values").toString()).isEqualTo("[8.0,11.0,null]");
        assertThat(asked).containsExactly("rides/summed");
        assertThat(http.get("/metrics").body())
                .contains(
                        "feast_feature_server_transformation_duration_seconds_count{mode=\"pandas\",odfv_name=\"summed\"} 1");
    }

    @Test
    void whatTheRequestLacksIsNotFoundInTheWordsOfFeast() throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", """
                {"entities": {"driver_id": [1001]}, "features": ["summed:sum"]}""");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
        assertThat(answer.body())
                .contains("RequestDataNotFoundInEntityRowsException")
                .contains("No values given for 'bonus', which on demand feature view 'summed' needs");
        HttpResponse<String> keyless = http.post("/get-online-features", """
                {"entities": {"bonus": [1]}, "features": ["summed:sum"]}""");
        assertThat(keyless.statusCode()).as(keyless.body()).isEqualTo(400);
        assertThat(keyless.body()).contains("FeastError").contains("'driver_id'");
    }

    @Test
    void whatDoesNotFitAMessageIsSentInParts() throws Exception {
        String drivers = IntStream.range(0, ROWS).mapToObj(row -> "1001").collect(Collectors.joining(","));
        String bonuses = IntStream.range(0, ROWS).mapToObj(Integer::toString).collect(Collectors.joining(","));
        HttpResponse<String> answer = http.post(
                "/get-online-features",
                "{\"entities\": {\"driver_id\": [%s], \"bonus\": [%s]}, \"features\": [\"summed:sum\"]}"
                        .formatted(drivers, bonuses));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(calls.get()).isGreaterThan(1);
        assertThat(Http.json(answer).at("/results/2/values/" + (ROWS - 1)).doubleValue())
                .isEqualTo(7.0 + ROWS - 1);
    }

    @Test
    void aFailureOfTheServiceIsAStoreThatFailed() throws Exception {
        HttpResponse<String> answer = http.post("/get-online-features", ALONE.formatted("failing"));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("division by zero").contains("127.0.0.1:" + service.getPort());
    }

    @Test
    void aServiceThatIsAwayIsSaidAndOtherFeaturesAreServed() throws Exception {
        String address = "127.0.0.1:" + service.getPort();
        service.shutdownNow().awaitTermination();

        assertThat(http.post("/get-online-features", ALONE.formatted("summed")).statusCode())
                .isEqualTo(503);
        HttpResponse<String> mixed = http.post(
                "/get-online-features",
                READ.formatted("summed").replace("\"features\"", "\"include_details\": true, \"features\""));
        assertThat(mixed.statusCode()).as(mixed.body()).isEqualTo(200);
        assertThat(Http.json(mixed).at("/results/2/values").toString()).isEqualTo("[\"Ada\",\"Bob\",null]");
        assertThat(Http.json(mixed).at("/results/3/statuses").toString())
                .isEqualTo("[\"INVALID\",\"INVALID\",\"INVALID\"]");
        assertThat(http.get("/metrics").body())
                .contains("manciple_online_store_failures_total{store=\"transformation\"} 1");
        assertThat(Http.json(mixed).at("/metadata").toString()).contains(address);
    }

    @Test
    void aReadThatTakesTooLongIsGivenUp() throws Exception {
        ServerOptions hasty = ServerOptions.DEFAULT
                .withPort(0)
                .withDrain(Duration.ZERO)
                .withLimits(ServerOptions.Limits.DEFAULT.withRead(Duration.ofSeconds(1)));
        try (FeatureServer other = FeatureServer.start(store, hasty, "test")) {
            HttpResponse<String> answer = Http.of(other).post("/get-online-features", READ.formatted("silent"));

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .contains("within 1 second")
                    .contains("127.0.0.1:" + service.getPort())
                    .as("given up before the client of the service does so")
                    .doesNotContain("DEADLINE_EXCEEDED");
        }
    }

    @Test
    void aCallThatIsCancelledEndsItsReadAndGivesItsPlaceBack() throws Exception {
        ServerOptions.Limits onePlace = new ServerOptions.Limits(1 << 20, 10, 1, Duration.ofSeconds(30));
        ServerOptions options = ServerOptions.DEFAULT
                .withPort(0)
                .withGrpcPort(0)
                .withDrain(Duration.ZERO)
                .withLimits(onePlace);
        try (FeatureServer other = FeatureServer.start(store, options, "test")) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", other.grpcPort().orElseThrow())
                    .usePlaintext()
                    .build();
            try {
                Future<GetOnlineFeaturesResponse> answer = ClientCalls.futureUnaryCall(
                        channel.newCall(GrpcFaultsTest.READ, CallOptions.DEFAULT), question("silent:sum"));
                Await.until("the service is asked", () -> calls.get() == 1);
                answer.cancel(true);

                assertThat(silentEnded.get(60, TimeUnit.SECONDS))
                        .as("by the time the service has, not by the caller")
                        .isFalse();
                Http of = Http.of(other);
                Await.until(
                        "the call is told of as cancelled",
                        () -> of.get("/metrics").body(),
                        metrics -> metrics.contains(
                                "feast_feature_server_request_total{endpoint=\"feast.serving.ServingService/GetOnlineFeatures\",status=\"1\"} 1"));
                assertThat(ClientCalls.blockingUnaryCall(
                                        channel, GrpcFaultsTest.READ, CallOptions.DEFAULT, question("summed:sum"))
                                .getResultsCount())
                        .as("the only place is free")
                        .isPositive();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static GetOnlineFeaturesRequest question(String feature) {
        return GetOnlineFeaturesRequest.newBuilder()
                .setFeatures(FeatureList.newBuilder().addVal(feature))
                .putEntities("driver_id", number(1001))
                .putEntities("bonus", number(1))
                .build();
    }

    private static ValueProto.RepeatedValue number(long number) {
        return ValueProto.RepeatedValue.newBuilder()
                .addVal(ValueProto.Value.newBuilder().setInt64Val(number))
                .build();
    }

    @Test
    void otherModesAreRefused() throws Exception {
        HttpResponse<String> alone = http.post(
                "/get-online-features",
                "{\"entities\": {\"driver_id\": [1001], \"bonus\": [1]}, \"features\": [\"native:sum\"]}");
        assertThat(alone.statusCode()).isEqualTo(400);
        assertThat(alone.body()).contains("pandas");

        HttpResponse<String> mixed = http.post(
                "/get-online-features", READ.formatted("native").replaceFirst("\\{", "{\"include_details\": true, "));
        assertThat(mixed.statusCode()).as(mixed.body()).isEqualTo(200);
        assertThat(Http.json(mixed).at("/results/3/values").toString()).isEqualTo("[null,null,null]");
        assertThat(Http.json(mixed).at("/results/3/statuses").toString())
                .isEqualTo("[\"INVALID\",\"INVALID\",\"INVALID\"]");
        assertThat(Http.json(mixed).findValue("failures").toString())
                .contains("\"view\":\"native\"")
                .contains("pandas");
        assertThat(http.get("/metrics").body()).doesNotContain("manciple_online_store_failures_total");
        assertThat(calls.get()).isZero();
    }
}

package dev.manciple.server;

import static dev.manciple.server.auth.TestIssuer.claims;
import static dev.manciple.server.auth.TestIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.manciple.server.auth.TestIssuer;
import dev.manciple.tck.Await;
import dev.manciple.wire.proto.GrpcServerProto;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
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
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what over HTTP and gRPC, with tokens of a provider and permissions of the registry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
    private static final RSAKey KEY = TestIssuer.key("one");
    private static final String READ =
            "{\"entities\": {\"driver_id\": [1001]}, \"features\": [\"driver_stats:trips\"]}";
    private static final String READ_SERVICE =
            "{\"entities\": {\"driver_id\": [1001]}, \"feature_service\": \"ranking\"}";
    private static final String PUSH = """
            {"push_source_name": "stats_push", "to": "%s", "df": {"driver_id": [2001], "conv_rate": [0.25],
             "trips": [3], "name": ["Cy"], "event_timestamp": ["2024-06-01 00:00:00"], "created": ["2024-06-01"]}}
            """;

    /** What a caller without permission must not have read: it would be an error of its own. */
    private static final String UNREADABLE =
            "{\"push_source_name\": \"stats_push\", \"df\": {\"driver_id\": \"not a list\"}}";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String reader = sign(KEY, claims("ada", "reader").build());
    private final String writer = sign(KEY, claims("bob", "writer").build());
    private final String consumer = sign(KEY, claims("eve", "consumer").build());
    private final String stranger = sign(KEY, claims("mal").build());
    private Path folder;
    private GuardedRepository repository;
    private FeatureServer server;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path newFolder) throws IOException {
        folder = newFolder;
        repository = GuardedRepository.create(folder, KEY, """
                permissions:
                  - {name: reading, types: [feature_view], actions: [read_online], policy: {roles: [reader]}}
                  - {name: writing, types: [feature_view], actions: [write_online], policy: {roles: [writer]}}
                  - {name: services, types: [feature_service], actions: [read], policy: {roles: [consumer]}}
                """);
        server = FeatureServer.start(
                repository.store(),
                repository.access(),
                ServerOptions.DEFAULT.withPort(0).withGrpcPort(0).withRegistryTtl(Duration.ofMillis(50)),
                "test",
                OpenTelemetry.noop());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort().orElseThrow())
                .usePlaintext()
                .build();
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        server.close();
        repository.close();
    }

    @Nested
    class OverHttp {
        @Test
        void whoeverIsNotKnownIsToldSo() throws Exception {
            HttpResponse<String> missing = post("/get-online-features", READ, Optional.empty());
            HttpResponse<String> forged = post(
                    "/get-online-features",
                    READ,
                    Optional.of(
                            sign(TestIssuer.key("one"), claims("ada", "reader").build())));

            assertThat(missing.statusCode()).isEqualTo(401);
            assertThat(missing.body()).isEqualTo("{\"detail\":\"Missing authentication token\"}");
            assertThat(missing.headers().firstValue("www-authenticate")).contains("Bearer");
            assertThat(forged.statusCode()).isEqualTo(401);
            assertThat(forged.body()).isEqualTo("{\"detail\":\"Invalid or expired access token\"}");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/get-online-features",
                    "/search",
                    "/retrieve-online-documents",
                    "/push",
                    "/write-to-online-store",
                    "/materialize",
                    "/materialize-incremental",
                    "/manciple/online-store/rides/read",
                    "/manciple/online-store/rides/write",
                    "/manciple/online-store/rides/update",
                    "/manciple/online-store/rides/teardown"
                })
        void everyRouteAsksWhoItIsBeforeTheBodyIsRead(String path) throws Exception {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                // The body never comes.
                socket.getOutputStream()
                        .write("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
                                .formatted(path)
                                .getBytes(StandardCharsets.US_ASCII));

                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 401");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"/health", "/ready", "/metrics", "/openapi.json"})
        void whatOperatorsLookAtIsOpen(String path) throws Exception {
            assertThat(client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void permissionsDecide() throws Exception {
            assertThat(post("/get-online-features", READ, Optional.of(reader)).statusCode())
                    .isEqualTo(200);
            assertThat(post("/push", PUSH.formatted("online"), Optional.of(writer))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post("/get-online-features", READ_SERVICE, Optional.of(consumer))
                            .statusCode())
                    .isEqualTo(200);

            assertDenied(post("/get-online-features", READ, Optional.of(writer)), "FeatureView:driver_stats");
            assertDenied(post("/get-online-features", READ, Optional.of(consumer)), "FeatureView:driver_stats");
            assertDenied(post("/get-online-features", READ, Optional.of(stranger)), "Requires roles [reader]");
            assertDenied(post("/get-online-features", READ_SERVICE, Optional.of(reader)), "FeatureService:ranking");
            assertDenied(post("/push", PUSH.formatted("offline"), Optional.of(writer)), "WRITE_OFFLINE");
            assertDenied(post("/push", PUSH.formatted("online_and_offline"), Optional.of(writer)), "WRITE_OFFLINE");
        }

        @Test
        void payloadsOfThoseWhoMayNotAreNotRead() throws Exception {
            assertDenied(post("/push", UNREADABLE, Optional.of(reader)), "WRITE_ONLINE");
            assertThat(post("/push", UNREADABLE, Optional.of(writer)).statusCode())
                    .isEqualTo(422);
            assertDenied(
                    post(
                            "/write-to-online-store",
                            "{\"feature_view_name\": \"driver_stats\", \"df\": 7}",
                            Optional.of(reader)),
                    "WRITE_ONLINE");
            assertDenied(
                    post(
                            "/get-online-features",
                            "{\"entities\": 7, \"features\": [\"driver_stats:trips\"]}",
                            Optional.of(writer)),
                    "READ_ONLINE");
        }

        @Test
        void materializingTakesTheRightToWrite() throws Exception {
            String all = "{\"start_ts\": \"2024-01-01\", \"end_ts\": \"2025-01-01\"}";
            String one = "{\"end_ts\": \"2025-01-02\", \"feature_views\": [\"driver_stats\"]}";

            assertDenied(post("/materialize", all, Optional.of(reader)), "WRITE_ONLINE");
            assertDenied(post("/materialize-incremental", one, Optional.of(reader)), "WRITE_ONLINE");
            assertThat(post("/materialize", all, Optional.of(writer)).statusCode())
                    .isEqualTo(200);
            assertThat(post("/materialize-incremental", one, Optional.of(writer))
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void jobsAreShownToThoseWhoMayStartTheLike() throws Exception {
            HttpResponse<String> accepted = post(
                    "/materialize?async=true",
                    "{\"start_ts\": \"2024-01-01\", \"end_ts\": \"2025-01-01\"}",
                    Optional.of(writer));
            String job = accepted.headers().firstValue("location").orElseThrow();

            assertThat(get(job, Optional.empty()).statusCode()).isEqualTo(401);
            assertDenied(get(job, Optional.of(reader)), "WRITE_ONLINE");
            assertThat(get(job, Optional.of(writer)).statusCode()).isEqualTo(200);
            assertThat(get("/materialize/jobs", Optional.empty()).statusCode()).isEqualTo(401);
            assertThat(get("/materialize/jobs", Optional.of(reader)).body()).isEqualTo("{\"jobs\":[]}");
            assertThat(get("/materialize/jobs", Optional.of(writer)).body()).contains("driver_stats");
        }

        private HttpResponse<String> get(String path, Optional<String> token) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
            token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        @Test
        void whatDoesNotExistIsNotFound() throws Exception {
            assertThat(post(
                                    "/get-online-features",
                                    "{\"entities\": {\"driver_id\": [1]}, \"features\": [\"riders:age\"]}",
                                    Optional.of(reader))
                            .statusCode())
                    .isEqualTo(404);
        }

        @Test
        void newPermissionsCountWithoutARestart() throws Exception {
            String newcomer = sign(KEY, claims("dan", "newcomer").build());
            assertDenied(post("/get-online-features", READ, Optional.of(newcomer)), "Requires roles");

            Files.writeString(
                    folder.resolve("more.yaml"),
                    "permissions: [{name: newcomers, actions: [read], policy: {roles: [newcomer]}}]");
            Repository.apply(repository.store(), folder, List.of());

            // The registry is looked at every 50 ms.
            HttpResponse<String> answer = Await.until(
                    "the new permission is seen",
                    () -> post("/get-online-features", READ, Optional.of(newcomer)),
                    seen -> seen.statusCode() != 403);
            assertThat(answer.statusCode()).isEqualTo(200);
        }

        private void assertDenied(HttpResponse<String> answer, String because) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
            assertThat(answer.body())
                    .contains("\\\"module\\\":\\\"feast.errors\\\"")
                    .contains("FeastPermissionError")
                    .contains(because);
        }

        private URI uri(String path) {
            return URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
        }

        private HttpResponse<String> post(String path, String body, Optional<String> token)
                throws IOException, InterruptedException {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
            token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Nested
    class OverGrpc {
        private static final Metadata.Key<String> TOKEN =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        private static final MethodDescriptor<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> READING = method(
                "feast.serving.ServingService/GetOnlineFeatures",
                GetOnlineFeaturesRequest.getDefaultInstance(),
                GetOnlineFeaturesResponse.getDefaultInstance());
        private static final GetFeastServingInfoRequest NOTHING = GetFeastServingInfoRequest.getDefaultInstance();
        private static final MethodDescriptor<GetFeastServingInfoRequest, GetFeastServingInfoResponse> INFORMING =
                method(
                        "feast.serving.ServingService/GetFeastServingInfo",
                        NOTHING,
                        GetFeastServingInfoResponse.getDefaultInstance());
        private static final MethodDescriptor<GrpcServerProto.PushRequest, GrpcServerProto.PushResponse> PUSHING =
                method(
                        "GrpcFeatureServer/Push",
                        GrpcServerProto.PushRequest.getDefaultInstance(),
                        GrpcServerProto.PushResponse.getDefaultInstance());

        private final GetOnlineFeaturesRequest request = GetOnlineFeaturesRequest.newBuilder()
                .setFeatures(FeatureList.newBuilder().addVal("driver_stats:trips"))
                .putEntities(
                        "driver_id",
                        ValueProto.RepeatedValue.newBuilder()
                                .addVal(ValueProto.Value.newBuilder().setInt64Val(1001))
                                .build())
                .build();

        // A refusal that overtakes its request reaches some clients as another status.
        @RepeatedTest(100)
        void whoeverIsNotKnownIsToldSo() {
            assertStatus(Status.Code.UNAUTHENTICATED, () -> call(READING, request, Optional.empty()));
            assertStatus(Status.Code.UNAUTHENTICATED, () -> call(READING, request, Optional.of("x.y.z")));
        }

        @Test
        void whoIsTurnedAwayIsCounted() throws Exception {
            assertStatus(Status.Code.UNAUTHENTICATED, () -> call(INFORMING, NOTHING, Optional.empty()));

            Http http = Http.of(server);
            // A call is told of a moment after its answer has arrived.
            Await.until(
                    "the call is counted",
                    () -> http.get("/metrics").body(),
                    metrics -> metrics.contains(
                            "feast_feature_server_request_total{endpoint=\"feast.serving.ServingService/GetFeastServingInfo\",status=\"16\"} 1"));
        }

        @Test
        void questionsOfThoseWhoAreNotKnownAreNotRead() {
            MethodDescriptor<HealthCheckRequest, GetOnlineFeaturesResponse> other = method(
                    READING.getFullMethodName(),
                    HealthCheckRequest.getDefaultInstance(),
                    GetOnlineFeaturesResponse.getDefaultInstance());
            // Its field is one of the request's, and its bytes no text.
            HealthCheckRequest unreadable = HealthCheckRequest.newBuilder()
                    .setUnknownFields(UnknownFieldSet.newBuilder()
                            .addField(
                                    GetOnlineFeaturesRequest.FEATURES_FIELD_NUMBER,
                                    UnknownFieldSet.Field.newBuilder()
                                            .addLengthDelimited(ByteString.copyFrom(new byte[] {(byte) 0xff}))
                                            .build())
                            .build())
                    .build();

            assertStatus(Status.Code.UNAUTHENTICATED, () -> call(other, unreadable, Optional.empty()));
            assertStatus(Status.Code.INVALID_ARGUMENT, () -> call(other, unreadable, Optional.of(reader)));
        }

        @Test
        void permissionsDecide() {
            GrpcServerProto.PushRequest row = GrpcServerProto.PushRequest.newBuilder()
                    .setStreamFeatureView("stats_push")
                    .putFeatures("driver_id", "3001")
                    .putFeatures("conv_rate", "0.75")
                    .putFeatures("trips", "12")
                    .putFeatures("name", "Eve")
                    .putFeatures("event_timestamp", "2024-06-01T00:00:00")
                    .build();

            assertThat(call(READING, request, Optional.of(reader)).getResultsCount())
                    .isEqualTo(2);
            assertThat(call(PUSHING, row, Optional.of(writer)).getStatus()).isTrue();
            assertStatus(Status.Code.PERMISSION_DENIED, () -> call(READING, request, Optional.of(writer)));
            assertStatus(Status.Code.PERMISSION_DENIED, () -> call(PUSHING, row, Optional.of(reader)));
        }

        @Test
        void healthIsOpen() {
            assertThat(ClientCalls.blockingUnaryCall(
                                    channel,
                                    HealthGrpc.getCheckMethod(),
                                    CallOptions.DEFAULT,
                                    HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        }

        private static void assertStatus(Status.Code code, Runnable call) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code));
        }

        private <Q, A> A call(MethodDescriptor<Q, A> method, Q message, Optional<String> token) {
            Metadata headers = new Metadata();
            token.ifPresent(text -> headers.put(TOKEN, "Bearer " + text));
            return ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                    method,
                    CallOptions.DEFAULT,
                    message);
        }

        private static <Q extends com.google.protobuf.Message, A extends com.google.protobuf.Message>
                MethodDescriptor<Q, A> method(String name, Q request, A answer) {
            return MethodDescriptor.<Q, A>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(name)
                    .setRequestMarshaller(ProtoUtils.marshaller(request))
                    .setResponseMarshaller(ProtoUtils.marshaller(answer))
                    .build();
        }
    }
}

package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.GrpcServerProto;
import dev.manciple.wire.proto.ServingServiceProto;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FeatureServerTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FeatureStore store;
    private FeatureServer server;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        store = Repository.create(folder);
        server = FeatureServer.start(
                store,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withGrpcPort(0)
                        .withLimits(new ServerOptions.Limits(1 << 20, 1_000, 8, java.time.Duration.ofSeconds(30))),
                "1.2.3");
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort().orElseThrow())
                .usePlaintext()
                .build();
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    @Test
    void aHostNobodyKnowsIsRefused() {
        ServerOptions nowhere = ServerOptions.DEFAULT.withHost("nosuch.invalid");
        for (ServerOptions options :
                List.of(nowhere.withPort(0), nowhere.withoutHttp().withGrpcPort(0))) {
            assertThatThrownBy(
                            () -> FeatureServer.start(store, options, "1.2.3").close())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("cannot listen on nosuch.invalid, port 0: the host is not known. Choose");
        }
    }

    @Nested
    class OverHttp {
        @Test
        void readsByReference() throws Exception {
            HttpResponse<String> answer = post("/get-online-features", """
                    {"entities": {"driver_id": [1001, 1002, 7]}, "features": ["driver_stats:conv_rate", "driver_stats:trips"]}
                    """);

            assertThat(answer.body()).isEqualTo("""
                    {"results":[\
                    {"values":[1001,1002,7],"statuses":["PRESENT","PRESENT","PRESENT"],\
                    "event_timestamps":["1970-01-01T00:00:00Z","1970-01-01T00:00:00Z","1970-01-01T00:00:00Z"]},\
                    {"values":[0.5,null,null],"statuses":["PRESENT","NULL_VALUE","NOT_FOUND"],\
                    "event_timestamps":["2024-05-01T10:00:00Z","2024-05-01T11:00:00Z","1970-01-01T00:00:00Z"]},\
                    {"values":[7,9,null],"statuses":["PRESENT","PRESENT","NOT_FOUND"],\
                    "event_timestamps":["2024-05-01T10:00:00Z","2024-05-01T11:00:00Z","1970-01-01T00:00:00Z"]}],\
                    "metadata":{"feature_names":["driver_id","conv_rate","trips"]}}""");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        }

        @Test
        void readsByServiceWithFullNames() throws Exception {
            HttpResponse<String> answer = post("/get-online-features", """
                    {"entities": {"driver_id": [1001]}, "feature_service": "ranking", "full_feature_names": true}
                    """);

            assertThat(answer.body())
                    .contains(
                            "[\"driver_id\",\"driver_stats__conv_rate\",\"driver_stats__trips\",\"driver_stats__name\"]");
        }

        @Test
        void latestIsTheViewAsItIs() throws Exception {
            HttpResponse<String> answer = post("/get-online-features", """
                    {"entities": {"driver_id": [1001]}, "full_feature_names": true,
                     "features": ["driver_stats@latest:conv_rate", "driver_stats:trips", "driver_stats@Latest:name"]}
                    """);

            assertThat(answer.body())
                    .contains(
                            "[\"driver_id\",\"driver_stats__conv_rate\",\"driver_stats__trips\",\"driver_stats__name\"]");
            assertThat(post("/get-online-features", """
                            {"entities": {"driver_id": [1001]}, "features": ["driver_stats@v2:trips"]}
                            """).statusCode()).isEqualTo(400);
        }

        @Test
        void anEmptyNameIsNoService() throws Exception {
            HttpResponse<String> answer = post("/get-online-features", """
                    {"entities": {"driver_id": [1001]}, "features": ["driver_stats:trips"], "feature_service": ""}
                    """);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("[\"driver_id\",\"trips\"]");
        }

        @ParameterizedTest
        @ValueSource(strings = {"/health", "/ready", "/live", "/metrics"})
        void answersTheHeadAlone(String path) throws Exception {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri(path)).HEAD().build(), HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type"))
                    .isEqualTo(get(path).headers().firstValue("content-type"));
            assertThat(answer.body()).isEmpty();
            assertThat(answer.headers().firstValueAsLong("content-length").orElseThrow() > 0)
                    .isEqualTo(path.equals("/metrics"));
            assertThat(post(path, "{}").headers().firstValue("Allow")).contains("GET, HEAD");
            // The connection is still in step.
            assertThat(get("/health").statusCode()).isEqualTo(200);
        }

        @ParameterizedTest
        @CsvSource({"/push,405", "/nowhere,404"})
        void refusesTheHeadWithoutABody(String path, int status) throws Exception {
            for (int time = 0; time < 2; time++) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(uri(path)).HEAD().build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(status);
                // The connection is still in step.
                assertThat(get("/health").statusCode()).isEqualTo(200);
            }
        }

        @Test
        void pushedRowsAreRead() throws Exception {
            HttpResponse<String> pushed = post("/push", """
                    {"push_source_name": "stats_push", "to": "online", "df": {"driver_id": [2001], "conv_rate": [0.25],
                     "trips": [3], "name": ["Cy"], "event_timestamp": ["2024-06-01 00:00:00"], "created": ["2024-06-01"]}}
                    """);
            HttpResponse<String> read = post("/get-online-features", """
                    {"entities": {"driver_id": [2001]}, "features": ["driver_stats:name"]}
                    """);

            assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(200);
            assertThat(read.body()).contains("\"Cy\"").contains("2024-06-01T00:00:00Z");
        }

        @Test
        void writtenRowsAreRead() throws Exception {
            HttpResponse<String> written = post("/write-to-online-store", """
                    {"feature_view_name": "driver_stats", "allow_registry_cache": false, "df": {"driver_id": [2002],
                     "conv_rate": [null], "trips": [4], "name": ["Di"], "event_timestamp": ["2024-06-01T01:00:00"], "created": [null]}}
                    """);
            HttpResponse<String> read = post("/get-online-features", """
                    {"entities": {"driver_id": [2002]}, "features": ["driver_stats:trips"]}
                    """);

            assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
            assertThat(written.body()).isEqualTo("null");
            assertThat(read.body()).contains("\"values\":[4]");
        }

        @Test
        void materializes() throws Exception {
            assertThat(post("/materialize", """
                    {"start_ts": "2024-01-01", "end_ts": "2024-12-31T00:00:00", "feature_views": ["driver_stats"]}
                    """))
                    .matches(answer ->
                            answer.statusCode() == 200 && answer.body().equals("null"));
            assertThat(post("/materialize-incremental", """
                    {"end_ts": "2025-02-01"}
                    """).statusCode()).isEqualTo(200);
        }

        @Test
        void saysWhatIsNotThereAsFeastsClientReadsIt() throws Exception {
            HttpResponse<String> answer = post("/get-online-features", """
                    {"entities": {"driver_id": [1001]}, "features": ["riders:age"]}
                    """);

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body())
                    .startsWith(
                            "\"{\\\"module\\\":\\\"feast.errors\\\",\\\"class\\\":\\\"FeatureViewNotFoundException\\\"")
                    .contains("riders");
        }

        @Test
        void refusesBadBodies() throws Exception {
            assertThat(post("/get-online-features", "{\"entities\":").statusCode())
                    .isEqualTo(422);
            assertThat(post("/get-online-features", "").statusCode()).isEqualTo(422);
            assertThat(post("/get-online-features", "[]").statusCode()).isEqualTo(422);
            assertThat(post("/get-online-features", "{\"features\": [\"driver_stats:trips\"]}"))
                    .matches(answer -> answer.statusCode() == 422
                            && answer.body().contains("entities")
                            && answer.body().contains("detail"));
            assertThat(post("/get-online-features", "{\"entities\": {\"driver_id\": 1001}, \"features\": [\"a:b\"]}")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(post(
                            "/get-online-features",
                            "{\"entities\": {\"driver_id\": [\"x\"]}, \"features\": [\"driver_stats:trips\"]}"))
                    .matches(answer ->
                            answer.statusCode() == 400 && answer.body().contains("driver_id"));
            assertThat(post("/push", "{\"push_source_name\": \"nobody\", \"df\": {}}")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(post("/push", "{\"push_source_name\": \"stats_push\", \"df\": {}, \"to\": \"mars\"}"))
                    .matches(answer -> answer.statusCode() == 400
                            && answer.body().contains("mars is not a supported push format"));
            assertThat(post("/materialize", "{\"start_ts\": \"2024-02-01\", \"end_ts\": \"2024-01-01\"}"))
                    .matches(answer ->
                            answer.statusCode() == 400 && answer.body().contains("must be before"));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                        /push        | []                        | Input should be an object, not a list
                        /search      | []                        | Input should be an object, not a list
                        /push        | null                      | Input should be an object, not null
                        /push        | {"df": {"a": [1}}         | JSON decode error: the body is no JSON from line 1, column 16 on
                        /push        | {"df": {"a": [NaN]}}      | JSON decode error: the body is no JSON from line 1, column
                        /search      | {"query": [NaN]}          | JSON decode error: the body is no JSON from line 1, column
                        /push        | {"df": {                  | JSON decode error: the body ends before its JSON does
                        /push        | {} {}                     | JSON decode error: the body is no JSON from line 1, column
                        /push        | {"push_source_name": null} | Input should be a valid string
                        /push        | {"push_source_name": "stats_push", "df": null} | Input should be a valid dictionary
                        /push        | {"push_source_name": "stats_push"}             | Field required
                        /get-online-features | {"features": ["driver_stats:trips"], "entities": null} | Input should be a valid dictionary
                        /materialize | {"start_ts": "garbage", "end_ts": "2024-01-01"} | start_ts: 'garbage' cannot be read as UnixTimestamp: write a time as 2025-01-31T12:00:00Z
                        """)
        void tellsMistakesInBodiesInPlainWords(String route, String body, String message) throws Exception {
            assertThat(post(route, body).body())
                    .contains(message)
                    .doesNotContain("Feature.")
                    .doesNotContain("java.")
                    .doesNotContain("`")
                    .doesNotContain("Column 'start_ts'");
        }

        /** Places, types and sentences of Feast's web framework. */
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                        /push                     | {"df": {}}                   | missing     | body,push_source_name | Field required
                        /push                     | {"push_source_name": null}   | string_type | body,push_source_name | Input should be a valid string
                        /push                     | {"push_source_name": 1}      | string_type | body,push_source_name | Input should be a valid string
                        /push                     | {"push_source_name": "stats_push"} | missing | body,df | Field required
                        /push                     | {"push_source_name": "stats_push", "df": null} | dict_type | body,df | Input should be a valid dictionary
                        /push                     | {"push_source_name": "stats_push", "df": []} | dict_type | body,df | Input should be a valid dictionary
                        /push                     | {"push_source_name": "stats_push", "df": {"trips": 1}} | list_type | body,df,trips | Input should be a valid list
                        /write-to-online-store    | {"feature_view_name": null}  | string_type | body,feature_view_name | Input should be a valid string
                        /write-to-online-store    | {}                           | missing     | body,feature_view_name | Field required
                        /write-to-online-store    | {"feature_view_name": "driver_stats"} | missing | body,df | Field required
                        /get-online-features      | {"features": ["driver_stats:trips"]} | missing | body,entities | Field required
                        /get-online-features      | {"features": ["driver_stats:trips"], "entities": null} | dict_type | body,entities | Input should be a valid dictionary
                        /get-online-features      | {"features": 1}              | list_type   | body,features | Input should be a valid list
                        /materialize-incremental  | {}                           | missing     | body,end_ts | Field required
                        /materialize-incremental  | {"end_ts": null}             | string_type | body,end_ts | Input should be a valid string
                        /materialize-incremental  | {"end_ts": 20250101}         | string_type | body,end_ts | Input should be a valid string
                        /materialize              | {"start_ts": 1}              | string_type | body,start_ts | Input should be a valid string
                        /materialize              | {"disable_event_timestamp": []} | bool_type | body,disable_event_timestamp | Input should be a valid boolean
                        /materialize?async=maybe  | {"start_ts": "2024-01-01", "end_ts": "2025-01-01"} | bool_parsing | query,async | Input should be a valid boolean
                        /materialize-incremental?force= | {"end_ts": "2025-01-01"} | bool_parsing | query,force | Input should be a valid boolean
                        /push                     | 5                            | model_attributes_type | body | Input should be an object, not a number
                        /push                     | {                            | json_invalid | body | JSON decode error
                        """)
        void tellsPlacesAndTypesOfMistakesAsFeast(String route, String body, String type, String place, String message)
                throws Exception {
            HttpResponse<String> answer = post(route, body);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
            JsonNode detail = Http.json(answer).get("detail").get(0);
            assertThat(detail.get("type").stringValue()).isEqualTo(type);
            assertThat(detail.get("loc").valueStream().map(JsonNode::stringValue))
                    .containsExactly(place.split(","));
            assertThat(detail.get("msg").stringValue()).startsWith(message);
        }

        @Test
        void refusesMoreThanItsLimits() throws Exception {
            String many = "1,".repeat(1_000) + "1";
            assertThat(post(
                            "/get-online-features",
                            "{\"entities\": {\"driver_id\": [%s]}, \"features\": [\"driver_stats:trips\"]}"
                                    .formatted(many)))
                    .matches(answer ->
                            answer.statusCode() == 400 && answer.body().contains("1,001 rows"));
            assertThat(post("/get-online-features", " ".repeat(2 << 20)).statusCode())
                    .isEqualTo(413);
        }

        @Test
        void tellsItsHealthAndMetrics() throws Exception {
            post("/get-online-features", """
                    {"entities": {"driver_id": [1001]}, "features": ["driver_stats:trips"]}
                    """);

            assertThat(get("/health").statusCode()).isEqualTo(200);
            assertThat(get("/ready").statusCode()).isEqualTo(200);
            assertThat(get("/metrics").body())
                    .contains("feast_feature_server_request_total{endpoint=\"/get-online-features\",status=\"200\"}")
                    .contains("request_latency_seconds_bucket{endpoint=\"/get-online-features\",le=\"0.005\"}")
                    .contains("request_latency_seconds_bucket{endpoint=\"/get-online-features\",le=\"1.0E-4\"}")
                    .doesNotContain("endpoint=\"/materialize/jobs\"")
                    .contains("feast_online_features_entity_count_bucket{le=\"25.0\"}")
                    .doesNotContain("feast_online_features_entity_count_bucket{le=\"2000.0\"}");
            assertThat(get("/openapi.json").body()).contains("/write-to-online-store");
            assertThat(get("/nowhere").statusCode()).isEqualTo(404);
            assertThat(get("/nowhere").body()).isEqualTo("{\"detail\":\"Not Found\"}");
            assertThat(get("/push").statusCode()).isEqualTo(405);
            assertThat(get("/push").headers().firstValue("Allow")).contains("POST");
            assertThat(get("/push").body()).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
        }
    }

    @Nested
    class OverGrpc {
        private static final MethodDescriptor<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> READ = method(
                "feast.serving.ServingService/GetOnlineFeatures",
                GetOnlineFeaturesRequest.getDefaultInstance(),
                GetOnlineFeaturesResponse.getDefaultInstance());

        private static <Q extends com.google.protobuf.Message, A extends com.google.protobuf.Message>
                MethodDescriptor<Q, A> method(String name, Q request, A answer) {
            return MethodDescriptor.<Q, A>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(name)
                    .setRequestMarshaller(ProtoUtils.marshaller(request))
                    .setResponseMarshaller(ProtoUtils.marshaller(answer))
                    .build();
        }

        private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
            return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
        }

        private static GetOnlineFeaturesRequest request(String reference, long... drivers) {
            ValueProto.RepeatedValue.Builder values = ValueProto.RepeatedValue.newBuilder();
            for (long driver : drivers) {
                values.addVal(ValueProto.Value.newBuilder().setInt64Val(driver));
            }
            return GetOnlineFeaturesRequest.newBuilder()
                    .setFeatures(ServingServiceProto.FeatureList.newBuilder().addVal(reference))
                    .putEntities("driver_id", values.build())
                    .build();
        }

        @Test
        void readsWithTheDeclaredTypes() {
            GetOnlineFeaturesResponse answer = call(READ, request("driver_stats:conv_rate", 1001, 1002, 7));

            assertThat(answer.getMetadata().getFeatureNames().getValList()).containsExactly("driver_id", "conv_rate");
            assertThat(answer.getResults(0).getValues(2).getInt64Val()).isEqualTo(7);
            assertThat(answer.getResults(1).getValuesList())
                    .containsExactly(
                            ValueProto.Value.newBuilder().setFloatVal(0.5f).build(),
                            ValueProto.Value.getDefaultInstance(),
                            ValueProto.Value.getDefaultInstance());
            assertThat(answer.getResults(1).getStatusesList())
                    .containsExactly(
                            ServingServiceProto.FieldStatus.PRESENT,
                            ServingServiceProto.FieldStatus.NULL_VALUE,
                            ServingServiceProto.FieldStatus.NOT_FOUND);
            assertThat(answer.getResults(1).getEventTimestamps(0).getSeconds()).isEqualTo(1714557600L);
            assertThat(answer.getResults(1).getEventTimestamps(2).getSeconds()).isZero();
        }

        @Test
        void pushesOneRow() {
            call(
                    method(
                            "GrpcFeatureServer/Push",
                            GrpcServerProto.PushRequest.getDefaultInstance(),
                            GrpcServerProto.PushResponse.getDefaultInstance()),
                    GrpcServerProto.PushRequest.newBuilder()
                            .setStreamFeatureView("stats_push")
                            .putFeatures("driver_id", "3001")
                            .putFeatures("conv_rate", "0.75")
                            .putFeatures("trips", "12")
                            .putFeatures("name", "Eve")
                            .putFeatures("event_timestamp", "2024-06-01T00:00:00")
                            .build());

            assertThat(call(READ, request("driver_stats:trips", 3001))
                            .getResults(1)
                            .getValues(0)
                            .getInt64Val())
                    .isEqualTo(12);
        }

        @Test
        void refusesWhatIsNotThere() {
            Assertions.assertThatThrownBy(() -> call(READ, request("riders:age", 1)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("NOT_FOUND")
                    .hasMessageContaining("riders");
        }

        @Test
        void refusesWhatIsNoQuestion() {
            MethodDescriptor<byte[], GetOnlineFeaturesResponse> raw =
                    READ.toBuilder(new Raw(), READ.getResponseMarshaller()).build();

            assertStatus(Status.Code.INVALID_ARGUMENT, () -> call(raw, "no message".getBytes(StandardCharsets.UTF_8)));
            assertStatus(Status.Code.RESOURCE_EXHAUSTED, () -> call(raw, new byte[2 << 20]));
            assertStatus(Status.Code.INVALID_ARGUMENT, () -> call(raw, new byte[0]));
        }

        private static void assertStatus(Status.Code code, Runnable call) {
            Assertions.assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(code));
        }

        /** Sends any bytes. */
        private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
            @Override
            public InputStream stream(byte[] message) {
                return new ByteArrayInputStream(message);
            }

            @Override
            public byte[] parse(InputStream message) {
                throw new UnsupportedOperationException("A client receives no questions");
            }
        }

        @Test
        void tellsTheHealthOfEachService() {
            for (String service : List.of("", "feast.serving.ServingService", "GrpcFeatureServer")) {
                assertThat(call(
                                        HealthGrpc.getCheckMethod(),
                                        HealthCheckRequest.newBuilder()
                                                .setService(service)
                                                .build())
                                .getStatus())
                        .as(service)
                        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            }
        }

        /** As grpcurl asks. */
        @Test
        void describesItsServices() throws Exception {
            List<ServerReflectionResponse> answers = new ArrayList<>();
            CountDownLatch ended = new CountDownLatch(1);
            StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(channel)
                    .serverReflectionInfo(new StreamObserver<>() {
                        @Override
                        public void onNext(ServerReflectionResponse answer) {
                            answers.add(answer);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            ended.countDown();
                        }

                        @Override
                        public void onCompleted() {
                            ended.countDown();
                        }
                    });
            questions.onNext(
                    ServerReflectionRequest.newBuilder().setListServices("").build());
            questions.onNext(ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol("feast.serving.ServingService")
                    .build());
            questions.onCompleted();
            ended.await();

            assertThat(answers).hasSize(2);
            assertThat(answers.getFirst().getListServicesResponse().getServiceList())
                    .extracting(ServiceResponse::getName)
                    .contains("feast.serving.ServingService", "GrpcFeatureServer", "grpc.health.v1.Health");
            assertThat(answers.getLast().getFileDescriptorResponse().getFileDescriptorProtoList())
                    .anySatisfy(file -> assertThat(file.toStringUtf8()).contains("GetOnlineFeaturesRequest"));
        }

        @Test
        void tellsItsVersion() {
            assertThat(call(
                                    method(
                                            "feast.serving.ServingService/GetFeastServingInfo",
                                            ServingServiceProto.GetFeastServingInfoRequest.getDefaultInstance(),
                                            ServingServiceProto.GetFeastServingInfoResponse.getDefaultInstance()),
                                    ServingServiceProto.GetFeastServingInfoRequest.getDefaultInstance())
                            .getVersion())
                    .isEqualTo("1.2.3");
        }
    }
}

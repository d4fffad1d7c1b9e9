package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an answer can tell beside its values, and whose statuses it has. */
class DetailsTest {
    private static final String READ = """
            {"entities": {"driver_id": [1001, 1002, 7]}, "features": ["driver_stats:conv_rate", "aged:score"] %s}
            """;

    /** A view all of whose values are past their age. */
    private static final String AGED = """
            data_sources:
              - name: scores
                path: scores.csv
                timestamp_field: event_timestamp
            feature_views:
              - name: aged
                entities: [driver]
                ttl: 1h
                schema:
                  - {name: score, dtype: int64}
                source: scores
            """;

    @TempDir
    Path folder;

    private @Nullable FeatureStore store;
    private @Nullable FeatureServer server;

    private Http start(Conduct conduct) throws Exception {
        Files.writeString(folder.resolve("scores.csv"), """
                driver_id,score,event_timestamp
                1001,5,2024-05-01T10:00:00Z
                """);
        FeatureStore repository = Repository.with(folder, AGED);
        store = repository;
        FeatureServer started = FeatureServer.start(
                repository,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withGrpcPort(0)
                        .withDrain(Duration.ZERO)
                        .withConduct(conduct),
                "test");
        server = started;
        return Http.of(started);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (store != null) {
            store.close();
        }
    }

    @Test
    void anAnswerTellsWhereItsFeaturesAreKeptOnlyWhenAsked() throws Exception {
        Http http = start(Conduct.DEFAULT);
        JsonNode plain = Http.json(http.post("/get-online-features", READ.formatted("")));
        JsonNode detailed = Http.json(http.post("/get-online-features", READ.formatted(", \"include_details\": true")));

        assertThat(plain.get("metadata").propertyNames()).containsExactly("feature_names");
        assertThat(plain.at("/results/1").propertyNames()).containsExactly("values", "statuses", "event_timestamps");
        assertThat(detailed.at("/metadata/origins").toString())
                .isEqualTo(
                        "[null,{\"view\":\"driver_stats\",\"store\":\"sqlite\",\"ttl_seconds\":0.0},{\"view\":\"aged\",\"store\":\"sqlite\",\"ttl_seconds\":3600.0}]");
        assertThat(detailed.at("/metadata/failures").toString()).isEqualTo("[]");
        assertThat(detailed.at("/results/0").has("ages_seconds")).isFalse();
        assertThat(detailed.at("/results/1/ages_seconds/0").doubleValue()).isGreaterThan(1e6);
        assertThat(detailed.at("/results/1/ages_seconds/2").isNull()).isTrue();
    }

    @Test
    void compatibilityRestoresTheStatusesOfFeast() throws Exception {
        Http http = start(Conduct.DEFAULT.withFeastStatuses());
        JsonNode answer = Http.json(http.post("/get-online-features", READ.formatted("")));

        assertThat(answer.at("/results/1/statuses").toString()).isEqualTo("[\"PRESENT\",\"PRESENT\",\"NOT_FOUND\"]");
        assertThat(answer.at("/results/1/values").toString()).isEqualTo("[0.5,null,null]");
        assertThat(answer.at("/results/2/statuses").toString()).isEqualTo("[\"PRESENT\",\"NOT_FOUND\",\"NOT_FOUND\"]");
        assertThat(answer.at("/results/2/values/0").intValue()).isEqualTo(5);
    }

    @Test
    void otherwiseAgesAndNullsAreTold() throws Exception {
        Http http = start(Conduct.DEFAULT);
        JsonNode answer = Http.json(http.post("/get-online-features", READ.formatted("")));

        assertThat(answer.at("/results/1/statuses").toString()).isEqualTo("[\"PRESENT\",\"NULL_VALUE\",\"NOT_FOUND\"]");
        assertThat(http.get("/metrics").body())
                .containsPattern("online_store_read_duration_seconds_count\\{outcome=\"answered\",store=\"sqlite\"} 1")
                .contains("features_status_total{feature_view=\"driver_stats\",status=\"present\"} 1.0")
                .contains("features_status_total{feature_view=\"driver_stats\",status=\"null_value\"} 1.0")
                .contains("features_status_total{feature_view=\"driver_stats\",status=\"not_found\"} 1.0")
                .contains("features_status_total{feature_view=\"aged\",status=\"outside_max_age\"} 1.0")
                .contains("features_status_total{feature_view=\"aged\",status=\"not_found\"} 2.0");
        assertThat(answer.at("/results/2/statuses/0").stringValue()).isEqualTo("OUTSIDE_MAX_AGE");
        assertThat(answer.at("/results/2/values/0").isNull()).isTrue();
    }

    @Test
    void overGrpcDetailsAreATrailerForThoseWhoAsk() throws Exception {
        Http http = start(Conduct.DEFAULT);
        Metadata question = new Metadata();
        question.put(Metadata.Key.of("manciple-details", Metadata.ASCII_STRING_MARSHALLER), "true");

        Metadata answer = trailers(http, question);
        Metadata unasked = trailers(http, new Metadata());

        Metadata.Key<byte[]> key = Metadata.Key.of("manciple-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
        byte[] details = answer.get(key);
        assertThat(details).isNotNull();
        JsonNode tree = JsonMapper.shared().readTree(new String(details, StandardCharsets.UTF_8));
        assertThat(tree.at("/views/driver_stats/store").stringValue()).isEqualTo("sqlite");
        assertThat(tree.get("failures")).isEmpty();
        assertThat(unasked.containsKey(key)).isFalse();
    }

    private static Metadata trailers(Http http, Metadata headers) {
        AtomicReference<Metadata> received = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        ManagedChannel connection = NettyChannelBuilder.forAddress(
                        "127.0.0.1", http.server().grpcPort().orElseThrow())
                .usePlaintext()
                .build();
        try {
            Channel channel = ClientInterceptors.intercept(
                    connection,
                    MetadataUtils.newAttachHeadersInterceptor(headers),
                    MetadataUtils.newCaptureMetadataInterceptor(received, trailers));
            GetOnlineFeaturesResponse response = ClientCalls.blockingUnaryCall(
                    channel,
                    MethodDescriptor.<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName("feast.serving.ServingService/GetOnlineFeatures")
                            .setRequestMarshaller(ProtoUtils.marshaller(GetOnlineFeaturesRequest.getDefaultInstance()))
                            .setResponseMarshaller(
                                    ProtoUtils.marshaller(GetOnlineFeaturesResponse.getDefaultInstance()))
                            .build(),
                    CallOptions.DEFAULT,
                    GetOnlineFeaturesRequest.newBuilder()
                            .setFeatures(FeatureList.newBuilder().addVal("driver_stats:trips"))
                            .putEntities(
                                    "driver_id",
                                    ValueProto.RepeatedValue.newBuilder()
                                            .addVal(ValueProto.Value.newBuilder()
                                                    .setInt64Val(1001))
                                            .build())
                            .build());
            assertThat(response.getResults(1).getValues(0).getInt64Val()).isEqualTo(7);
            return trailers.get();
        } finally {
            connection.shutdownNow();
        }
    }
}

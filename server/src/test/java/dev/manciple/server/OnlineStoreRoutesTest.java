package dev.manciple.server;

import static dev.manciple.server.auth.TestIssuer.claims;
import static dev.manciple.server.auth.TestIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.nimbusds.jose.jwk.RSAKey;
import dev.manciple.FeatureStore;
import dev.manciple.auth.AuthConfig;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.TestIssuer;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.Value;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.proto.OnlineStoreProto.Columns;
import dev.manciple.wire.proto.OnlineStoreProto.CountRequest;
import dev.manciple.wire.proto.OnlineStoreProto.Description;
import dev.manciple.wire.proto.OnlineStoreProto.InfraRequest;
import dev.manciple.wire.proto.OnlineStoreProto.PurgeRequest;
import dev.manciple.wire.proto.OnlineStoreProto.Read;
import dev.manciple.wire.proto.OnlineStoreProto.ReadRequest;
import dev.manciple.wire.proto.OnlineStoreProto.ReadResponse;
import dev.manciple.wire.proto.OnlineStoreProto.ScanRequest;
import dev.manciple.wire.proto.OnlineStoreProto.SearchRequest;
import dev.manciple.wire.proto.OnlineStoreProto.WriteRequest;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the online store itself, and what of it. What it does is the contract of the remote store, tested there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnlineStoreRoutesTest {
    private static final RSAKey KEY = TestIssuer.key("one");
    private static final String ROOT = "/manciple/online-store/rides";
    private static final int MOST_ROWS = 100;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String reader = sign(KEY, claims("ada", "reader").build());
    private final String writer = sign(KEY, claims("bob", "writer").build());
    private final String owner = sign(KEY, claims("eve", "owner").build());
    private TestIssuer issuer;
    private FeatureStore store;
    private AccessControl access;
    private FeatureServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        issuer = TestIssuer.start();
        issuer.publish(KEY);
        Files.writeString(folder.resolve("permissions.yaml"), """
                permissions:
                  - {name: reading, types: [feature_view], actions: [read_online], policy: {roles: [reader]}}
                  - {name: writing, types: [feature_view], actions: [write_online], policy: {roles: [writer]}}
                  - {name: defining, types: [feature_view], actions: [create, update, delete],
                     name_patterns: ["driver_.*"], policy: {roles: [owner]}}
                """);
        store = Repository.create(folder);
        access = AccessControl.of(
                AuthConfig.of(
                        "auth",
                        new StoreConfig(
                                "oidc", Map.of("auth_discovery_url", issuer.discovery(), "client_id", "feast"))),
                Map.of());
        ServerOptions.Limits limits = ServerOptions.Limits.DEFAULT;
        server = FeatureServer.start(
                store,
                access,
                ServerOptions.DEFAULT
                        .withPort(0)
                        .withLimits(new ServerOptions.Limits(
                                limits.bodyBytes(), MOST_ROWS, limits.concurrentRequests(), Duration.ofSeconds(30))),
                "test",
                OpenTelemetry.noop());
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
        access.close();
        store.close();
        issuer.close();
    }

    private FeatureView view() {
        return (FeatureView) Objects.requireNonNull(store.registry().views().get("driver_stats"));
    }

    private Columns columns() {
        return OnlineStoreCodec.columns(view(), view().features());
    }

    private static EntityKey key(long driver) {
        return new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver)));
    }

    private ReadRequest read(int keys) {
        Read.Builder read = Read.newBuilder().setColumns(columns());
        for (int i = 0; i < keys; i++) {
            read.addKeys(OnlineStoreCodec.encode(key(1001), view().entityColumns()));
        }
        return ReadRequest.newBuilder().addReads(read).build();
    }

    private WriteRequest write(long driver) {
        OnlineRow row = new OnlineRow(
                key(driver),
                List.of(new Value.Real(0.25), new Value.Int(3), new Value.Text("Cy")),
                Instant.parse("2024-06-01T00:00:00Z"),
                Optional.empty());
        return WriteRequest.newBuilder()
                .setColumns(columns())
                .addRows(OnlineStoreCodec.encode(row, view().entityColumns(), view().features()))
                .build();
    }

    private static InfraRequest keep(FeatureView view) {
        return InfraRequest.newBuilder()
                .addKeep(OnlineStoreCodec.encode(view, "rides"))
                .build();
    }

    private static InfraRequest drop(FeatureView view) {
        return InfraRequest.newBuilder()
                .addDrop(OnlineStoreCodec.encode(view, "rides"))
                .build();
    }

    @Test
    void tellsWhatTheStoreCanDo() throws Exception {
        HttpResponse<byte[]> told = get(ROOT, Optional.of(reader));

        assertThat(get(ROOT, Optional.empty()).statusCode()).isEqualTo(401);
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(told.headers().firstValue("content-type")).contains("application/x-protobuf");
        Description description = Description.parseFrom(told.body());
        assertThat(description.getCapabilitiesList()).contains("SCAN", "NEWEST_WINS");
        assertThat(description.getTimePrecision()).isEqualTo("SECONDS");
        assertThat(description.getMostRows()).isEqualTo(MOST_ROWS);
    }

    @Test
    void anotherProjectIsRefused() throws Exception {
        HttpResponse<byte[]> told = get("/manciple/online-store/other", Optional.of(reader));

        assertThat(told.statusCode()).isEqualTo(400);
        assertThat(text(told)).contains("serves project 'rides', not 'other'");
        assertThat(send("/manciple/online-store/other/read", read(1), reader).statusCode())
                .isEqualTo(400);
    }

    @Test
    void readingTakesTheRightToRead() throws Exception {
        HttpResponse<byte[]> rows = send(ROOT + "/read", read(1), reader);

        assertThat(rows.statusCode()).isEqualTo(200);
        assertThat(OnlineStoreCodec.decode(
                        ReadResponse.parseFrom(rows.body()).getResults(0).getOutcomes(0), view().features()))
                .isInstanceOf(Lookup.Found.class);
        assertDenied(send(ROOT + "/read", read(1), writer), "READ_ONLINE");
        for (Map.Entry<String, MessageLite> request : Map.<String, MessageLite>of(
                        "/scan", ScanRequest.newBuilder().setColumns(columns()).build(),
                        "/count",
                                CountRequest.newBuilder().setColumns(columns()).build(),
                        "/search",
                                SearchRequest.newBuilder().setColumns(columns()).build())
                .entrySet()) {
            assertDenied(send(ROOT + request.getKey(), request.getValue(), writer), "READ_ONLINE");
        }
        assertThat(send(
                                ROOT + "/count",
                                CountRequest.newBuilder().setColumns(columns()).build(),
                                reader)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void writingAndPurgingTakeTheRightToWrite() throws Exception {
        PurgeRequest purge = PurgeRequest.newBuilder()
                .setColumns(columns())
                .setLimit(OnlineStoreCodec.encode(Instant.parse("2000-01-01T00:00:00Z")))
                .build();

        assertThat(send(ROOT + "/write", write(2001), writer).statusCode()).isEqualTo(200);
        assertThat(send(ROOT + "/purge", purge, writer).statusCode()).isEqualTo(200);
        assertDenied(send(ROOT + "/write", write(2001), reader), "WRITE_ONLINE");
        assertDenied(send(ROOT + "/purge", purge, reader), "WRITE_ONLINE");
    }

    /** Tables go with definitions: who may not change a view may not change its tables. */
    @Test
    void tablesTakeTheRightToDefine() throws Exception {
        FeatureView known = view();
        FeatureView changed = known.features(Field.of("trips", Scalar.INT64));
        FeatureView another = FeatureView.of("driver_more")
                .source(known.source().orElseThrow())
                .entities(known.entities())
                .entityColumns(known.entityColumns())
                .features(known.features());
        FeatureView foreign =
                FeatureView.of("riders").source(known.source().orElseThrow()).features(known.features());

        assertThat(send(ROOT + "/update", keep(known), reader).statusCode())
                .as("as it is registered")
                .isEqualTo(200);
        assertDenied(send(ROOT + "/update", keep(changed), reader), "UPDATE");
        assertDenied(send(ROOT + "/plan", keep(changed), reader), "UPDATE");
        assertDenied(send(ROOT + "/update", keep(another), reader), "CREATE");
        assertDenied(send(ROOT + "/update", keep(foreign), owner), "CREATE");
        assertDenied(send(ROOT + "/update", drop(known), reader), "DELETE");
        assertDenied(send(ROOT + "/teardown", drop(known), reader), "DELETE");
        assertDenied(send(ROOT + "/teardown", drop(foreign), owner), "DELETE");
        assertThat(send(ROOT + "/plan", keep(another), owner).statusCode()).isEqualTo(200);
        assertThat(send(ROOT + "/update", keep(another), owner).statusCode()).isEqualTo(200);
        assertThat(send(ROOT + "/teardown", drop(another), owner).statusCode()).isEqualTo(200);
    }

    @Test
    void requestsThatMakeNoSenseAreRefused() throws Exception {
        Columns unknownFeature =
                columns().toBuilder().addFeatures("no_such_feature").build();
        Columns unknownView = columns().toBuilder().setView("no_such_view").build();
        byte[] garbage = "no message".getBytes(StandardCharsets.UTF_8);

        assertThat(text(send(ROOT + "/read", read(MOST_ROWS + 1), reader))).contains("one request may have 100");
        assertThat(send(ROOT + "/read", garbage, reader).statusCode()).isEqualTo(422);
        assertThat(send(
                                ROOT + "/count",
                                CountRequest.newBuilder()
                                        .setColumns(unknownView)
                                        .build(),
                                reader)
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<byte[]> refused = send(
                ROOT + "/count",
                CountRequest.newBuilder().setColumns(unknownFeature).build(),
                reader);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(text(refused)).contains("no_such_feature");
    }

    private static void assertDenied(HttpResponse<byte[]> answer, String action) {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(403);
        assertThat(text(answer)).contains("FeastPermissionError").contains(action);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> get(String path, Optional<String> token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> send(String path, MessageLite message, String token)
            throws IOException, InterruptedException {
        return send(path, message.toByteArray(), token);
    }

    private HttpResponse<byte[]> send(String path, byte[] body, String token) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Authorization", "Bearer " + token)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
    }
}

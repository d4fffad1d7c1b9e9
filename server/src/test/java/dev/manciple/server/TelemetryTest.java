package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.manciple.FeatureStore;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is told about requests, and that values are not. */
class TelemetryTest {
    private static final String READ = """
            {"entities": {"driver_id": [1001]}, "features": ["driver_stats:name"]}
            """;
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @TempDir
    Path folder;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk traces = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.manciple");
    private FeatureStore store;
    private FeatureServer server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        logger.setLevel(Level.DEBUG);
        log.start();
        logger.addAppender(log);
        store = Repository.create(folder);
        server = FeatureServer.start(
                store, ServerOptions.DEFAULT.withPort(0).withConduct(Conduct.DEFAULT.withRequestLog()), "test", traces);
        http = Http.of(server);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        server.close();
        store.close();
        traces.close();
    }

    @Test
    void aRequestIsASpanOfItsCallersTraceWithOneForTheStore() throws Exception {
        http.post("/get-online-features", READ, "traceparent", "00-%s-b7ad6b7169203331-01".formatted(TRACE));
        server.close();

        List<SpanData> told = spans.getFinishedSpanItems();
        assertThat(told).extracting(SpanData::getName).containsExactly("read online store", "/get-online-features");
        assertThat(told).extracting(SpanData::getTraceId).containsOnly(TRACE);
        assertThat(told.getLast().getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(told.getLast().getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(told.getFirst().getParentSpanId()).isEqualTo(told.getLast().getSpanId());
        assertThat(told.getFirst().getAttributes().asMap().values()).containsExactly("sqlite");
    }

    @Test
    void aRequestHasALineWithItsRouteStatusAndTrace() throws Exception {
        http.post("/get-online-features", READ, "traceparent", "00-%s-b7ad6b7169203331-01".formatted(TRACE));
        server.close();

        assertThat(log.list)
                .filteredOn(event -> event.getLoggerName().equals("dev.manciple.server.requests"))
                .singleElement()
                .satisfies(event -> assertThat(event.getKeyValuePairs())
                        .extracting(pair -> pair.key)
                        .containsExactly("route", "status", "millis", "user", "objects", "trace"))
                .satisfies(event -> assertThat(event.getKeyValuePairs())
                        .extracting(pair -> pair.value)
                        .contains("/get-online-features", 200, "anonymous", "FeatureView:driver_stats", TRACE));
    }

    @Test
    void aLineNamesWhatARequestTouches() throws Exception {
        http.post("/get-online-features", """
                {"entities": {"driver_id": [1001]}, "feature_service": "ranking"}
                """);
        http.post("/get-online-features", READ.replace("driver_stats", "nobody\\ncares"));
        server.close();

        assertThat(log.list)
                .filteredOn(event -> event.getLoggerName().equals("dev.manciple.server.requests"))
                .extracting(event -> event.getKeyValuePairs().stream()
                        .filter(pair -> pair.key.equals("objects"))
                        .findFirst()
                        .orElseThrow()
                        .value)
                .containsExactly("FeatureService:ranking", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"features\": [\"driver_stats@v2:trips\"], \"entities\": {\"driver_id\": [1001]}}",
                "{\"features\": [\"driver_stat:trips\"], \"entities\": {\"driver_id\": [1001]}}",
                "{\"feature_service\": \"rankin\", \"entities\": {\"driver_id\": [1001]}}",
                "{\"features\": [\"driver_stats:trip\"], \"entities\": {\"driver_id\": [1001]}}",
                "{\"features\": [\"driver_stats:trips\"], \"entities\": {\"driver_id\": [1001]}}",
            })
    void theLogChangesNoAnswer(String question) throws Exception {
        try (FeatureServer silent =
                FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0), "test", OpenTelemetry.noop())) {
            var expected = Http.of(silent).post("/get-online-features", question);
            var answer = http.post("/get-online-features", question);
            assertThat(answer.statusCode()).isEqualTo(expected.statusCode());
            assertThat(answer.body()).isEqualTo(expected.body());
        }
    }

    @Test
    void aStoreThatIsDownIsSaidAndNothingOfTheRequestIs() throws Exception {
        Files.deleteIfExists(folder.resolve("online.db-wal"));
        Files.deleteIfExists(folder.resolve("online.db-shm"));
        Files.writeString(folder.resolve("online.db"), "no database at all".repeat(100));

        var answer = http.post(
                "/get-online-features", READ.replace("1001", "987654321"), "Authorization", "Bearer topsecret");
        server.close();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("online.db");
        assertThat(spans.getFinishedSpanItems())
                .extracting(span -> span.getStatus().getStatusCode())
                .containsOnly(StatusCode.ERROR);
        assertThat(log.list)
                .extracting(event -> event.getFormattedMessage() + event.getKeyValuePairs() + event.getThrowableProxy())
                .anySatisfy(line -> assertThat(line).contains("online.db"))
                .allSatisfy(line -> assertThat(line).doesNotContain("987654321").doesNotContain("topsecret"));
    }

    @Test
    void groupsOfMetersCanBeLeftOut() throws Exception {
        Metrics metrics = new Metrics(Set.of(MetricGroup.REQUEST, MetricGroup.RESOURCE, MetricGroup.OFFLINE_FEATURES));
        metrics.route("/x").answered(200, 1);
        metrics.retrieved("get_historical_features", "success", 1, 1);
        metrics.onlineRead(1);

        assertThat(metrics.text())
                .contains("feast_online_features_request_total 1")
                .doesNotContain("feast_offline_store")
                .doesNotContain("feast_feature_server_request")
                .doesNotContain("cpu_usage");
    }

    @Test
    void metricsHaveAPortOfTheirOwnWhereAsked() throws Exception {
        try (FeatureServer other = FeatureServer.start(
                store, ServerOptions.DEFAULT.withPort(0).withConduct(Conduct.DEFAULT.withMetricsPort(0)), "test")) {
            int port = other.metricsPort().orElseThrow();
            assertThat(port).isNotEqualTo(other.port());
            var answer = http.client()
                    .send(
                            java.net.http.HttpRequest.newBuilder(
                                            java.net.URI.create("http://127.0.0.1:%d/metrics".formatted(port)))
                                    .build(),
                            java.net.http.HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body())
                    .contains("manciple_registry_age_seconds")
                    .contains("feast_feature_server_cpu_usage");
        }
    }
}

package dev.manciple.cli;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where spans go: nowhere, unless OpenTelemetry's own variables of the environment say so. */
final class Tracing implements AutoCloseable {
    private static final Set<String> ASKED_BY =
            Set.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

    private final Optional<OpenTelemetrySdk> sdk;

    private Tracing(Optional<OpenTelemetrySdk> sdk) {
        this.sdk = sdk;
    }

    /** @param environment says whether there are traces; what they are made of and where they go OpenTelemetry reads itself */
    static Tracing of(Map<String, String> environment) {
        boolean asked = ASKED_BY.stream()
                .anyMatch(variable -> !environment.getOrDefault(variable, "").isBlank());
        return new Tracing(asked ? Optional.of(configured()) : Optional.empty());
    }

    private static OpenTelemetrySdk configured() {
        return AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                // Metrics are Prometheus', and the log is a stream; these are defaults the environment may change.
                .addPropertiesSupplier(() -> Map.of(
                        "otel.service.name", "manciple",
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none"))
                .build()
                .getOpenTelemetrySdk();
    }

    OpenTelemetry traces() {
        return sdk.<OpenTelemetry>map(configured -> configured).orElseGet(OpenTelemetry::noop);
    }

    /** Sends what is left. */
    @Override
    public void close() {
        sdk.ifPresent(OpenTelemetrySdk::close);
    }
}

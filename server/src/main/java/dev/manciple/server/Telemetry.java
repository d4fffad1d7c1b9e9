package dev.manciple.server;

import dev.manciple.StoreObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told about requests: meters, a line in the log, a span. No part of it has a value or a key of a row, nor a header.
 * Thread-safe.
 */
public final class Telemetry implements StoreObserver {
    /** Its lines are the log of requests; {@code route}, {@code status}, {@code millis} and {@code trace} are key-value pairs. */
    private static final Logger REQUESTS = LoggerFactory.getLogger("dev.manciple.server.requests");

    private static final TextMapGetter<Function<String, Optional<String>>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Function<String, Optional<String>> headers) {
            return List.of();
        }

        @Override
        public @Nullable String get(@Nullable Function<String, Optional<String>> headers, String name) {
            return headers == null ? null : headers.apply(name).orElse(null);
        }
    };

    private final Metrics metrics;
    private final boolean logged;
    private final OpenTelemetry traces;
    private final boolean traced;
    private final Tracer tracer;

    /**
     * @param logged whether each request has a line in the log
     * @param traces where spans go; {@link OpenTelemetry#noop()} for nowhere
     */
    Telemetry(Metrics metrics, boolean logged, OpenTelemetry traces) {
        this.metrics = metrics;
        this.logged = logged;
        this.traces = traces;
        this.traced = traces != OpenTelemetry.noop();
        this.tracer = traces.getTracer("dev.manciple.server");
    }

    /** A route of HTTP or a method of gRPC; to be asked for once, before the first request. */
    public Route route(String name) {
        return new Route(name);
    }

    /** Tells of the requests of one route. */
    public final class Route {
        private final String name;
        private final Metrics.Route meters;

        private Route(String name) {
            this.name = name;
            this.meters = metrics.route(name);
        }

        public String name() {
            return name;
        }

        /**
         * A request has come.
         *
         * @param headers of the request, by name in lower case
         */
        public Call begin(Function<String, Optional<String>> headers) {
            return new Call(this, headers);
        }
    }

    /** One request; begun and ended by the thread that answers it. */
    public final class Call {
        private final Route route;
        private final long began = System.nanoTime();
        private final Span span;
        private final Scope scope;

        private Call(Route route, Function<String, Optional<String>> headers) {
            this.route = route;
            if (traced) {
                Context caller = traces.getPropagators()
                        .getTextMapPropagator()
                        .extract(Context.root(), headers, HEADERS);
                span = tracer.spanBuilder(route.name)
                        .setParent(caller)
                        .setSpanKind(SpanKind.SERVER)
                        .startSpan();
                scope = span.makeCurrent();
            } else {
                span = Span.getInvalid();
                scope = Scope.noop();
            }
        }

        /**
         * The request was answered, or turned away.
         *
         * @param status of HTTP, or the number of gRPC's
         * @param ours whether the answer says that the server failed
         */
        public void answered(int status, boolean ours) {
            long nanos = System.nanoTime() - began;
            route.meters.answered(status, nanos);
            if (logged) {
                REQUESTS.atInfo()
                        .addKeyValue("route", route.name)
                        .addKeyValue("status", status)
                        .addKeyValue("millis", nanos / 1_000 / 1e3)
                        .addKeyValue("trace", span.getSpanContext().getTraceId())
                        .log("request");
            }
            if (traced) {
                span.setAttribute("manciple.status", status);
                if (ours) {
                    span.setStatus(StatusCode.ERROR);
                }
                scope.close();
                span.end();
            }
        }
    }

    @Override
    public void onlineRead(String store, long nanos, boolean answered) {
        metrics.storeRead(store, nanos, answered);
        // A router's children are read by threads of their own, which have no request to add a span to.
        if (traced && Span.current().getSpanContext().isValid()) {
            Instant end = Instant.now();
            Span span = tracer.spanBuilder("read online store")
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute("manciple.store", store)
                    .setStartTimestamp(end.minusNanos(nanos))
                    .startSpan();
            if (!answered) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end(end);
        }
    }
}

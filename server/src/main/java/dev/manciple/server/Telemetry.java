package dev.manciple.server;

import dev.manciple.StoreObserver;
import dev.manciple.server.auth.Caller;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
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
    /** Its lines are the log of requests; what it tells are key-value pairs. */
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

    private static final String NO_TRACE = "";

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
        this.traced = !traces.equals(OpenTelemetry.noop());
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

        /**
         * Answers a request, and tells of it.
         *
         * @param headers of the request, by name in lower case
         * @param work answers; what it throws is thrown on, and told as a caller who went away
         */
        public void answer(Function<String, Optional<String>> headers, Function<Request, Outcome> work) {
            answer(headers, work, failure -> Outcome.CALLER_GONE);
        }

        /**
         * Answers a request of this route, unless it turns out to be of another, and tells of it.
         *
         * @param headers of the request, by name in lower case
         * @param work answers; what it throws is thrown on
         * @param thrown how it is told
         */
        public void answer(
                Function<String, Optional<String>> headers,
                Function<Request, Outcome> work,
                Function<RuntimeException, Outcome> thrown) {
            Request request = new Request(this);
            if (!traced) {
                request.tell(outcome(request, work, thrown), NO_TRACE);
                return;
            }
            Context caller = traces.getPropagators().getTextMapPropagator().extract(Context.root(), headers, HEADERS);
            Span span = tracer.spanBuilder(name)
                    .setParent(caller)
                    .setSpanKind(SpanKind.SERVER)
                    .startSpan();
            try {
                Answered answered = caller.with(span)
                        .wrapSupplier(() -> outcome(request, work, thrown))
                        .get();
                span.updateName(request.route.name);
                span.setAttribute("manciple.status", answered.outcome().status());
                if (answered.outcome().ours()) {
                    span.setStatus(StatusCode.ERROR);
                }
                request.tell(answered, span.getSpanContext().getTraceId());
            } finally {
                span.end();
            }
        }

        private static Answered outcome(
                Request request, Function<Request, Outcome> work, Function<RuntimeException, Outcome> thrown) {
            try {
                return new Answered(work.apply(request), Optional.empty());
            } catch (RuntimeException e) {
                return new Answered(thrown.apply(e), Optional.of(e));
            }
        }
    }

    /** A request that runs, in one thread. */
    public final class Request {
        private final long began = System.nanoTime();
        private Route route;
        private String user = "";
        private Optional<TouchedObjects> touched = Optional.empty();

        private Request(Route route) {
            this.route = route;
        }

        /** Whose it is, as soon as that is known; who is asked from then on, so that the log tells what the request touches. */
        public Caller isFrom(Caller caller) {
            user = caller.name();
            if (!logged) {
                return caller;
            }
            TouchedObjects objects = new TouchedObjects();
            touched = Optional.of(objects);
            return new Caller.Followed(caller, objects);
        }

        /** It is of another route than could be told before it was read. */
        public void isOf(Route known) {
            route = known;
        }

        private void tell(Answered answered, String trace) {
            long nanos = System.nanoTime() - began;
            int status = answered.outcome().status();
            route.meters.answered(status, nanos);
            if (logged) {
                REQUESTS.atInfo()
                        .addKeyValue("route", route.name)
                        .addKeyValue("status", status)
                        .addKeyValue("millis", Math.round(nanos / 1e3) / 1e3)
                        .addKeyValue("user", user)
                        .addKeyValue(
                                "objects", touched.map(TouchedObjects::toString).orElse(""))
                        .addKeyValue("trace", trace)
                        .log("request");
            }
            answered.failure().ifPresent(failure -> {
                throw failure;
            });
        }
    }

    /**
     * How a request was answered, or turned away.
     *
     * @param status of HTTP, or the number of gRPC's
     * @param ours whether the answer says that the server failed
     */
    public record Outcome(int status, boolean ours) {
        /** A status HTTP does not have, for connections that ended without an answer. */
        private static final Outcome CALLER_GONE = new Outcome(499, false);

        /** Of HTTP. */
        public static Outcome ofHttp(int status) {
            return new Outcome(status, status >= 500);
        }

        /** Of gRPC, or of what goes over it. */
        public static Outcome of(Status.Code code) {
            return new Outcome(code.value(), code == Status.Code.INTERNAL || code == Status.Code.UNAVAILABLE);
        }
    }

    /** An outcome, and what is to be thrown once it is told. */
    private record Answered(Outcome outcome, Optional<RuntimeException> failure) {}

    @Override
    public void transformed(String view, String mode, long nanos) {
        metrics.transformed(view, mode, nanos);
    }

    @Override
    public void onlineRead(String store, long nanos, ReadEnd end) {
        metrics.storeRead(store, nanos, end);
        // A router's children are read by threads of their own, which have no request to add a span to.
        if (traced && Span.current().getSpanContext().isValid()) {
            Instant now = Instant.now();
            Span span = tracer.spanBuilder("read online store")
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute("manciple.store", store)
                    .setStartTimestamp(now.minusNanos(nanos))
                    .startSpan();
            if (end != ReadEnd.ANSWERED) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end(now);
        }
    }
}

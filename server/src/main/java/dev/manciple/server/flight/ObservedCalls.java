package dev.manciple.server.flight;

import dev.manciple.server.Commons;
import dev.manciple.server.Metrics;
import dev.manciple.server.Telemetry;
import dev.manciple.server.auth.Caller;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.arrow.flight.FlightMethod;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;

/**
 * Tells of calls, by their kind and the command they are about: {@code DoPut/persist}, or {@code DoPut} alone where that cannot
 * be told. Thread-safe.
 */
final class ObservedCalls {
    private final Telemetry telemetry;
    private final Metrics metrics;
    private final Map<String, Telemetry.Route> routes = new ConcurrentHashMap<>();

    ObservedCalls(Commons commons) {
        this.telemetry = commons.telemetry();
        this.metrics = commons.metrics();
    }

    /** A call that runs, in one thread. */
    final class Call {
        private final FlightMethod method;
        private final Telemetry.Request request;
        private final Caller caller;
        private String api = "";
        private long rowsSent;

        private Call(FlightMethod method, Telemetry.Request request, Caller caller) {
            this.method = method;
            this.request = request;
            this.caller = caller;
        }

        /** Whose it is. */
        Caller caller() {
            return caller;
        }

        /** The command it is about is known now. */
        void isAbout(Command command) {
            api = command.api();
            request.isOf(route(name(method) + "/" + api));
        }

        /** Rows the client sent with it. */
        void received(long rows) {
            metrics.flightRows(api, "received", rows);
        }

        /** Rows it was answered with. */
        void sent(long rows) {
            rowsSent += rows;
            metrics.flightRows(api, "sent", rows);
        }

        /**
         * Runs a retrieval, and tells of it.
         *
         * @param work does not throw, but tells how it ended
         */
        FlightStatusCode retrieve(Supplier<FlightStatusCode> work) {
            long began = System.nanoTime();
            FlightStatusCode ended = work.get();
            metrics.retrieved(api, status(ended), rowsSent, System.nanoTime() - began);
            return ended;
        }

        private static String status(FlightStatusCode ended) {
            if (ended == FlightStatusCode.OK) {
                return "success";
            }
            return ended == FlightStatusCode.CANCELLED ? "cancelled" : "error";
        }
    }

    /**
     * Runs a call.
     *
     * @param from whose it is
     * @param work does what is asked; what it throws is thrown on, in the form clients read
     */
    void run(FlightMethod method, CallerMiddleware from, Consumer<Call> work) {
        stream(method, from, call -> {
            try {
                work.accept(call);
            } catch (RuntimeException e) {
                throw FlightErrors.of(e);
            }
            return FlightStatusCode.OK;
        });
    }

    /**
     * As {@link #run}, of a call whose answer is sent while it runs.
     *
     * @param work does not throw, but tells how it ended
     */
    void stream(FlightMethod method, CallerMiddleware from, Function<Call, FlightStatusCode> work) {
        route(name(method))
                .answer(
                        from.headers(),
                        request -> {
                            Caller caller = request.isFrom(from.caller());
                            return FlightErrors.outcome(work.apply(new Call(method, request, caller)));
                        },
                        FlightErrors::outcome);
    }

    /**
     * A call that was not let in.
     *
     * @param told to the client
     */
    void refused(FlightMethod method, Function<String, Optional<String>> headers, FlightRuntimeException told) {
        route(name(method)).answer(headers, request -> FlightErrors.outcome(told));
    }

    /** As the protocol spells it: {@code DoPut}. */
    private static String name(FlightMethod method) {
        return Arrays.stream(method.name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private Telemetry.Route route(String name) {
        return routes.computeIfAbsent(name, telemetry::route);
    }
}

package dev.manciple.server.grpc;

import dev.manciple.server.Admission;
import dev.manciple.server.Telemetry;
import io.grpc.Metadata;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** Handles calls that are a question and an answer: lets in as many as run well, and tells of each. Thread-safe. */
public record UnaryCalls(Telemetry telemetry, Admission admission) {
    /** What one method answers. */
    @FunctionalInterface
    public interface Method<Q, A> {
        /**
         * Sends the answer, unless it fails.
         *
         * @return OK if the answer was sent, else what the caller is to be told
         */
        Status answer(Q question, StreamObserver<A> out);
    }

    /**
     * Handles the calls of a method.
     *
     * @param name with its service's
     */
    public <Q, A> ServerCallHandler<Q, A> handler(String name, Method<Q, A> method) {
        Telemetry.Route route = telemetry.route(name);
        return (call, headers) -> ServerCalls.<Q, A>asyncUnaryCall(
                        (question, out) -> route.answer(key -> header(headers, key), () -> run(method, question, out)))
                .startCall(call, headers);
    }

    private static Optional<String> header(Metadata headers, String name) {
        return Optional.ofNullable(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    private <Q, A> Telemetry.Outcome run(Method<Q, A> method, Q question, StreamObserver<A> out) {
        Status status;
        if (admission.enter()) {
            try {
                status = method.answer(question, out);
            } finally {
                admission.leave();
            }
        } else {
            status = Status.RESOURCE_EXHAUSTED.withDescription(admission.refusal());
        }
        if (!status.isOk()) {
            out.onError(status.asRuntimeException());
        }
        return Telemetry.Outcome.of(status.getCode());
    }
}

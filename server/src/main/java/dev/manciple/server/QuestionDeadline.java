package dev.manciple.server;

import dev.manciple.spi.internal.Counted;
import dev.manciple.spi.internal.Deadlines;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;

/**
 * Ends calls whose question does not come whole in time: until it has, they hold a stream of their connection and the part that
 * came. Calls that may ask again and again are let be. Thread-safe.
 */
final class QuestionDeadline implements ServerInterceptor, AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Duration limit;
    private final Deadlines deadlines = new Deadlines("question-deadlines", TICK);

    /** @param limit from the head of a call to the end of its question */
    QuestionDeadline(Duration limit) {
        this.limit = limit;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        Deadlines.Watch question = deadlines.watch(System.nanoTime() + limit.toNanos(), () -> end(call));
        return new Asking<>(next.startCall(new Answering<>(call, question), headers), question);
    }

    private void end(ServerCall<?, ?> call) {
        String tooLate = "The question did not come whole within %s; send it at once"
                .formatted(Counted.of(limit.toSeconds(), "second"));
        call.close(Status.DEADLINE_EXCEEDED.withDescription(tooLate), new Metadata());
    }

    /** Hears the question, unless it comes too late. */
    private static final class Asking<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Deadlines.Watch question;

        Asking(ServerCall.Listener<Q> listener, Deadlines.Watch question) {
            super(listener);
            this.question = question;
        }

        @Override
        public void onHalfClose() {
            if (question.meet()) {
                super.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            question.close();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            question.close();
            super.onComplete();
        }
    }

    /** A call, which may be ended but once. */
    private static final class Answering<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Deadlines.Watch question;

        Answering(ServerCall<Q, A> call, Deadlines.Watch question) {
            super(call);
            this.question = question;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (question.meet()) {
                super.close(status, trailers);
            }
        }
    }

    @Override
    public void close() {
        deadlines.close();
    }
}

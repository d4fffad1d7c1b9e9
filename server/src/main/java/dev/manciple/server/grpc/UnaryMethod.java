package dev.manciple.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.Telemetry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import dev.manciple.spi.internal.Stoppable;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the calls of one method, each a question and an answer. The network's thread gathers the bytes of a question and never
 * waits; a thread of the call's own then asks who calls, and only after that takes the bytes for a message. Thread-safe.
 */
final class UnaryMethod<Q, A> implements ServerCallHandler<byte[], A> {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryMethod.class);
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of(AccessControl.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Status GONE = Status.CANCELLED.withDescription("The client went before it was answered");

    private final String name;
    private final UnaryService.Questions<Q> questions;
    private final UnaryService.Method<Q, A> method;
    private final UnaryService.Failures<Q> failures;
    private final UnaryCalls calls;
    private final Telemetry.Route route;

    /** @param name with its service's */
    UnaryMethod(
            String name,
            UnaryService.Questions<Q> questions,
            UnaryService.Method<Q, A> method,
            UnaryService.Failures<Q> failures,
            UnaryCalls calls) {
        this.name = name;
        this.questions = questions;
        this.method = method;
        this.failures = failures;
        this.calls = calls;
        this.route = calls.telemetry().route(name);
    }

    @Override
    public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], A> call, Metadata headers) {
        // One question, and the one too many that a client may send.
        call.request(2);
        return new Question(call, headers);
    }

    /** Waits for the whole question; in the network's thread. */
    private final class Question extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], A> call;
        private final Metadata headers;
        private final Stoppable reads = new Stoppable();
        private byte @Nullable [] message;
        private boolean refused;

        Question(ServerCall<byte[], A> call, Metadata headers) {
            this.call = call;
            this.headers = headers;
        }

        @Override
        public void onMessage(byte[] received) {
            if (message != null) {
                refuse("The call has a second question, and is answered once");
            }
            message = received;
        }

        @Override
        public void onHalfClose() {
            byte[] whole = message;
            if (whole == null) {
                refuse("The call has no question");
            } else if (!refused) {
                calls.threads().execute(() -> answer(call, headers, whole, reads));
            }
        }

        @Override
        public void onCancel() {
            reads.stop();
        }

        private void refuse(String why) {
            refused = true;
            call.close(Status.INVALID_ARGUMENT.withDescription(why), new Metadata());
        }
    }

    private void answer(ServerCall<byte[], A> call, Metadata headers, byte[] question, Stoppable reads) {
        route.answer(key -> header(headers, key), told -> {
            Metadata trailers = new Metadata();
            Status status = enter(call, headers, trailers, question, reads, told);
            call.close(status, trailers);
            return Telemetry.Outcome.of(status.getCode());
        });
    }

    private static Optional<String> header(Metadata headers, String name) {
        return Optional.ofNullable(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    private Status enter(
            ServerCall<byte[], A> call,
            Metadata headers,
            Metadata trailers,
            byte[] question,
            Stoppable reads,
            Telemetry.Request told) {
        if (call.isCancelled()) {
            // Nobody waits for what has not begun, whatever it is.
            return GONE;
        }
        if (!calls.admission().enter()) {
            return Status.RESOURCE_EXHAUSTED.withDescription(calls.admission().refusal());
        }
        try {
            Caller caller = told.isFrom(calls.access().admit(Optional.ofNullable(headers.get(TOKEN))));
            Call known = new Call(caller, headers, trailers, reads);
            return answer(known, questions.read(question), call);
        } catch (InvalidProtocolBufferException e) {
            return Status.INVALID_ARGUMENT.withDescription(
                    "The bytes of the request are not those of a request of %s".formatted(name));
        } catch (FeatureStoreException e) {
            return FeastErrors.code(e).toStatus().withDescription(e.getMessage());
        } catch (Stoppable.StoppedException e) {
            return GONE;
        } catch (RuntimeException | Error e) {
            // Errors too: nobody else would tell the client, who would wait.
            LOG.error("{} failed", name, e);
            return Status.INTERNAL.withDescription("The server failed to answer; its log has the reason");
        } finally {
            calls.admission().leave();
        }
    }

    private Status answer(Call known, Q question, ServerCall<byte[], A> call) {
        A answer;
        try {
            answer = method.answer(known, question);
        } catch (FeatureStoreException e) {
            return failures.status(e, question);
        }
        call.sendHeaders(new Metadata());
        call.sendMessage(answer);
        return Status.OK;
    }

    /** Leaves the bytes of a message as they are. */
    enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readNBytes(message instanceof KnownLength ? message.available() : Integer.MAX_VALUE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A server receives questions only. */
        @Override
        public InputStream stream(byte[] message) {
            throw new UnsupportedOperationException("A server sends no questions");
        }
    }
}

package dev.manciple.server.grpc;

import dev.manciple.OnlineFeatures;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells callers that ask for it where the features of an answer are kept and which stores did not answer. Feast's message has no
 * room for that, so the question is a header and the answer a trailer of the call.
 */
final class DetailsHandler<Q> implements ServerCallHandler<Q, OnlineFeatures> {
    /** Any value asks for details. */
    static final Metadata.Key<String> ASKED = Metadata.Key.of("manciple-details", Metadata.ASCII_STRING_MARSHALLER);

    /** JSON in UTF-8: {@code views}, by name their store and TTL, and {@code failures}. */
    static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("manciple-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final ServerCallHandler<Q, OnlineFeatures> handler;

    DetailsHandler(ServerCallHandler<Q, OnlineFeatures> handler) {
        this.handler = handler;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, OnlineFeatures> call, Metadata headers) {
        return handler.startCall(headers.containsKey(ASKED) ? new Detailed<>(call) : call, headers);
    }

    /** A call that remembers its answer until the trailers are written. */
    private static final class Detailed<Q> extends SimpleForwardingServerCall<Q, OnlineFeatures> {
        private @Nullable OnlineFeatures answer;

        Detailed(ServerCall<Q, OnlineFeatures> call) {
            super(call);
        }

        @Override
        public void sendMessage(OnlineFeatures message) {
            answer = message;
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (answer != null) {
                trailers.put(
                        DETAILS,
                        JsonMapper.shared().writeValueAsString(tree(answer)).getBytes(StandardCharsets.UTF_8));
            }
            super.close(status, trailers);
        }
    }

    private static Map<String, Object> tree(OnlineFeatures answer) {
        Map<String, Object> views = new LinkedHashMap<>();
        answer.origins()
                .forEach(kept -> kept.ifPresent(origin -> views.put(
                        origin.view(),
                        Map.of(
                                "store",
                                origin.store(),
                                "ttl_seconds",
                                origin.ttl().toMillis() / 1e3))));
        List<Map<String, String>> failures = answer.failures().stream()
                .map(failure -> Map.of("view", failure.view(), "store", failure.store(), "reason", failure.reason()))
                .toList();
        return Map.of("views", views, "failures", failures);
    }
}

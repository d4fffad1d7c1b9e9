package dev.manciple.server.grpc;

import dev.manciple.OnlineFeatures;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells callers that ask for it where the features of an answer are kept and which stores did not answer. Feast's message has no
 * room for that, so the question is a header and the answer a trailer of the call.
 */
final class Details {
    /** Any value asks for details. */
    private static final Metadata.Key<String> ASKED =
            Metadata.Key.of("manciple-details", Metadata.ASCII_STRING_MARSHALLER);

    /** JSON in UTF-8: {@code views}, by name their store and TTL, and {@code failures}. */
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("manciple-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private Details() {}

    static void tell(Call call, OnlineFeatures answer) {
        if (call.headers().containsKey(ASKED)) {
            call.trailers()
                    .put(
                            DETAILS,
                            JsonMapper.shared().writeValueAsString(tree(answer)).getBytes(StandardCharsets.UTF_8));
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

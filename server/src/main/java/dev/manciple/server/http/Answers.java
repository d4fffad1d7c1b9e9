package dev.manciple.server.http;

import dev.manciple.error.AccessException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.server.FeastErrors;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers in the shapes Feast's client reads (Feast: online serving, 4.7). */
final class Answers {
    static final String JSON = "application/json";

    private Answers() {}

    static void json(ServerResponse response, int status, byte[] body) {
        begin(response, status).send(body);
    }

    /** @param body nothing may be added to it afterwards */
    static void json(ServerResponse response, int status, JsonBytes body) {
        body.give(begin(response, status)::send);
    }

    private static ServerResponse begin(ServerResponse response, int status) {
        return response.status(Status.create(status)).header(HeaderNames.CONTENT_TYPE, JSON);
    }

    static void json(ServerResponse response, int status, Object tree) {
        json(response, status, Json.MAPPER.writeValueAsBytes(tree));
    }

    /** Feast's answer where there is nothing to say. */
    static void done(ServerResponse response) {
        json(response, 200, "null".getBytes(StandardCharsets.UTF_8));
    }

    /** The JSON text of an object, inside a JSON string: so Feast's client finds the class to raise. */
    static void failure(ServerResponse response, FeatureStoreException failure) {
        String detail = Json.MAPPER.writeValueAsString(FeastErrors.detail(failure));
        json(response, FeastErrors.status(failure), (Object) detail);
    }

    /** As {@link #failure}, with what is known of the rows: which were stored, and whether the others may have been. */
    static void failedWrite(ServerResponse response, StoreException failure) {
        Map<String, Object> detail = new LinkedHashMap<>(FeastErrors.detail(failure));
        detail.put("retryable", failure.retryable());
        detail.put("outcome", failure.outcome().name());
        detail.put("applied", failure.applied());
        json(response, FeastErrors.status(failure), (Object) Json.MAPPER.writeValueAsString(detail));
    }

    /** Feast's two forms: whoever is not known gets the one of its web framework. */
    static void turnedAway(ServerResponse response, AccessException refusal) {
        switch (refusal.reason()) {
            case UNAUTHENTICATED -> {
                response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
                json(response, 401, Map.of("detail", String.valueOf(refusal.getMessage())));
            }
            case DENIED -> failure(response, refusal);
        }
    }

    static void badInput(ServerResponse response, BadInputException problem) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("type", problem.type());
        detail.put("loc", problem.place());
        detail.put("msg", String.valueOf(problem.getMessage()));
        json(response, 422, Map.of("detail", List.of(detail)));
    }

    static void text(ServerResponse response, int status, String text) {
        json(response, status, (Object) text);
    }
}

package dev.manciple.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is said to requests that reach no route, in the shape of Feast's web framework: its client reads JSON only. Immutable. */
public final class Refusals implements DirectHandler {
    private Refusals() {}

    /** Refusals of every kind. */
    public static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        DirectHandler refusals = new Refusals();
        for (EventType kind : EventType.values()) {
            handlers.addHandler(kind, refusals);
        }
        return handlers.build();
    }

    /** To a request whose path has a route, but none of its method. */
    public static void wrongMethod(ServerResponse response, String... right) {
        response.header(HeaderNames.ALLOW, String.join(", ", right));
        Answers.json(response, 405, Map.of("detail", "Method Not Allowed"));
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType kind,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        String detail =
                message == null || status.code() == Status.NOT_FOUND_404.code() ? status.reasonPhrase() : message;
        return TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Answers.JSON)
                .keepAlive(kind.keepAlive())
                .entity(Json.MAPPER.writeValueAsBytes(Map.of("detail", detail)))
                .build();
    }
}

package dev.manciple.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is said to requests that reach no route, in the shape of Feast's web framework: its client reads JSON only. Immutable. */
public final class Refusals implements DirectHandler {
    /** What the web server says where it does not say what is wrong; its log has it no more than the answer. */
    private static final String UNSAID = "Bad request, see server log for more information";

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
    public static void wrongMethod(ServerRequest request, ServerResponse response, String... right) {
        response.header(HeaderNames.ALLOW, String.join(", ", right));
        if (request.prologue().method().equals(Method.HEAD)) {
            // A body would be taken for the next answer.
            response.status(Status.METHOD_NOT_ALLOWED_405).send();
        } else {
            Answers.json(response, 405, Map.of("detail", "Method Not Allowed"));
        }
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType kind,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        TransportResponse.Builder response = TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Answers.JSON)
                .keepAlive(kind.keepAlive());
        if (!request.method().equals(Method.HEAD.text())) {
            response.entity(Json.MAPPER.writeValueAsBytes(Map.of("detail", detail(status, message))));
        }
        return response.build();
    }

    /** The web server's words where they tell what was wrong with the request, and are none of a failure's. */
    private static String detail(Status status, @Nullable String message) {
        return message == null
                        || message.equals(UNSAID)
                        || status.code() == Status.NOT_FOUND_404.code()
                        || status.family() == Status.Family.SERVER_ERROR
                ? status.reasonPhrase()
                : message;
    }
}

package dev.manciple.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** What is said about the connection a request came by. */
public final class Connections {
    private Connections() {}

    /** Ends the connection with this answer; HTTP/2 has no word for it. */
    public static void endAfter(ServerRequest request, ServerResponse response) {
        if (request.prologue().protocolVersion().startsWith("1")) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
    }
}

package dev.manciple.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;

/** What is said about the connection a request came by. */
public final class Connections {
    private Connections() {}

    /** Ends the connection with this answer. */
    public static void endAfter(ServerResponse response) {
        response.header(HeaderValues.CONNECTION_CLOSE);
    }
}

package dev.manciple.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;

/** What is said about the connection a request came by, and the next one. */
public final class Connections {
    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");

    private Connections() {}

    /** Ends the connection with this answer. */
    public static void endAfter(ServerResponse response) {
        response.header(HeaderValues.CONNECTION_CLOSE);
    }

    /** Asks whoever is turned away because others are served to come back in a second. */
    public static void comeBackSoon(ServerResponse response) {
        response.header(RETRY_AFTER, "1");
    }
}

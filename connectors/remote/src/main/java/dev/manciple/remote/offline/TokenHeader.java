package dev.manciple.remote.offline;

import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClientMiddleware;

/** Shows a token with every call of a connection. */
final class TokenHeader implements FlightClientMiddleware {
    private final String token;

    TokenHeader(String token) {
        this.token = token;
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
        headers.insert("authorization", "Bearer " + token);
    }

    @Override
    public void onHeadersReceived(CallHeaders headers) {}

    @Override
    public void onCallCompleted(CallStatus status) {}
}

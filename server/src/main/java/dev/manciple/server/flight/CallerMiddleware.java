package dev.manciple.server.flight;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import java.util.Optional;
import java.util.function.Function;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;

/**
 * Who calls, found out before anything of the call but its headers is read.
 *
 * @param headers what the call came with, by name in lower case
 */
record CallerMiddleware(Caller caller, Function<String, Optional<String>> headers) implements FlightServerMiddleware {
    static final Key<CallerMiddleware> KEY = Key.of("caller");

    /** Turns away whom the door does not let in. */
    static Factory<CallerMiddleware> factory(AccessControl access) {
        return (info, headers, context) -> {
            try {
                return new CallerMiddleware(
                        access.admit(Optional.ofNullable(headers.get(AccessControl.HEADER))),
                        name -> Optional.ofNullable(headers.get(name)));
            } catch (FeatureStoreException e) {
                throw FlightErrors.of(e);
            }
        };
    }

    static Caller of(CallContext context) {
        return context.getMiddleware(KEY).caller();
    }

    static Function<String, Optional<String>> headers(CallContext context) {
        return context.getMiddleware(KEY).headers();
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {}

    @Override
    public void onCallCompleted(CallStatus status) {}

    @Override
    public void onCallErrored(Throwable failure) {}
}

package dev.manciple.server.flight;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import java.util.Optional;
import java.util.function.Function;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightServerMiddleware;

/**
 * Who calls, found out before anything of the call but its headers is read.
 *
 * @param headers what the call came with, by name in lower case
 */
record CallerMiddleware(Caller caller, Function<String, Optional<String>> headers) implements FlightServerMiddleware {
    static final Key<CallerMiddleware> KEY = Key.of("caller");

    /**
     * Turns away whom the door does not let in.
     *
     * @param calls told of those
     */
    static Factory<CallerMiddleware> factory(AccessControl access, ObservedCalls calls) {
        return (info, headers, context) -> {
            Function<String, Optional<String>> header = name -> Optional.ofNullable(headers.get(name));
            try {
                return new CallerMiddleware(access.admit(header.apply(AccessControl.HEADER)), header);
            } catch (FeatureStoreException e) {
                FlightRuntimeException told = FlightErrors.of(e);
                calls.refused(info.method(), header, told);
                throw told;
            }
        };
    }

    static CallerMiddleware of(CallContext context) {
        return context.getMiddleware(KEY);
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {}

    @Override
    public void onCallCompleted(CallStatus status) {}

    @Override
    public void onCallErrored(Throwable failure) {}
}

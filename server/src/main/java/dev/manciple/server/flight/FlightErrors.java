package dev.manciple.server.flight;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.Telemetry;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Failures in the form in which Feast's clients find the class to raise again: JSON after the words {@code Flight error:}. None
 * has the status UNAVAILABLE, at which those clients ask again.
 */
final class FlightErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FlightErrors.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Words travel in a header, of which many clients take 8 kB in all. */
    private static final int HEADER_BYTES = 4000;

    private FlightErrors() {}

    static FlightRuntimeException of(RuntimeException failure) {
        return switch (failure) {
            case FlightRuntimeException known -> known;
            case FeatureStoreException ours -> of(ours);
            default -> {
                LOG.error("A call failed in a way nobody thought of", failure);
                yield described(
                        CallStatus.INTERNAL,
                        new InternalException(
                                "The server failed in a way nobody thought of; its log tells more", failure));
            }
        };
    }

    private static FlightRuntimeException of(FeatureStoreException failure) {
        if (FeastErrors.isOurs(failure)) {
            LOG.warn("A call failed: {}", FeastErrors.logged(failure));
            LOG.debug("Why the call failed", failure);
        }
        return described(status(failure), failure);
    }

    /** Too much is asked of the server for now. */
    static FlightRuntimeException exhausted(String why) {
        return described(CallStatus.RESOURCE_EXHAUSTED, new InvalidRequestException(why));
    }

    /** The client said nothing for too long, or went. */
    static FlightRuntimeException timedOut(String why) {
        return described(CallStatus.TIMED_OUT, new InvalidRequestException(why));
    }

    private static FlightRuntimeException described(CallStatus status, FeatureStoreException failure) {
        Map<String, String> detail = FeastErrors.detail(failure, fitting(String.valueOf(failure.getMessage())));
        return status.withDescription("Flight error: " + JSON.writeValueAsString(detail))
                .toRuntimeException();
    }

    /** As gRPC's, but for a change that was overtaken, which Flight has no word for, and for UNAVAILABLE. */
    private static CallStatus status(FeatureStoreException failure) {
        Status.Code code = FeastErrors.code(failure);
        if (code == Status.Code.ABORTED) {
            return CallStatus.ALREADY_EXISTS;
        }
        return code == Status.Code.UNAVAILABLE
                ? CallStatus.INTERNAL
                : StatusUtils.fromGrpcStatusCode(code).toStatus();
    }

    /** How a call that ended so is told of. */
    static Telemetry.Outcome outcome(FlightStatusCode status) {
        return Telemetry.Outcome.of(StatusUtils.toGrpcStatusCode(status));
    }

    /** As {@link #outcome(FlightStatusCode)}, of what {@link #of} made of a failure. */
    static Telemetry.Outcome outcome(RuntimeException failure) {
        return outcome(
                failure instanceof FlightRuntimeException told ? told.status().code() : FlightStatusCode.INTERNAL);
    }

    /** As much of a text as fits, as headers spell it: bytes beyond ASCII and controls take three each. */
    private static String fitting(String text) {
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            boolean plain = character >= ' ' && character < 0x7f && character != '%' && character != '"';
            bytes += plain ? 1 : 3 * Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > HEADER_BYTES) {
                return text.substring(0, end) + " ...";
            }
            end += Character.charCount(character);
        }
        return text;
    }
}

package dev.manciple.bigtable;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.io.IOException;
import java.util.List;

/** What a failure of the client means to whoever called the store. */
final class Failures {
    private Failures() {}

    static StoreException of(String store, String attempted, Throwable cause) {
        return of(store, attempted, List.of(), cause);
    }

    /** @param applied positions in the batch that are known to be stored */
    static StoreException of(String store, String attempted, List<Integer> applied, Throwable cause) {
        return new StoreException(
                store,
                attempted,
                retryable(cause),
                surelyNotApplied(cause) ? Outcome.NOT_APPLIED : Outcome.MAYBE,
                applied,
                explained(cause));
    }

    /** Restores the flag; nobody knows what became of a request that was under way. */
    static StoreException interrupted(String store, String attempted, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new StoreException(
                store, attempted, true, Outcome.MAYBE, new IllegalStateException("it was interrupted", cause));
    }

    private static boolean retryable(Throwable cause) {
        if (cause instanceof ApiException api) {
            return switch (api.getStatusCode().getCode()) {
                // UNKNOWN is what the client makes of a connection that breaks between two of its states.
                case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, RESOURCE_EXHAUSTED, INTERNAL, CANCELLED, UNKNOWN -> true;
                case OK,
                        INVALID_ARGUMENT,
                        NOT_FOUND,
                        ALREADY_EXISTS,
                        PERMISSION_DENIED,
                        FAILED_PRECONDITION,
                        OUT_OF_RANGE,
                        UNIMPLEMENTED,
                        DATA_LOSS,
                        UNAUTHENTICATED -> false;
            };
        }
        return cause instanceof IllegalStateException;
    }

    private static boolean surelyNotApplied(Throwable cause) {
        if (cause instanceof ApiException api) {
            return switch (api.getStatusCode().getCode()) {
                case INVALID_ARGUMENT,
                        NOT_FOUND,
                        ALREADY_EXISTS,
                        PERMISSION_DENIED,
                        FAILED_PRECONDITION,
                        OUT_OF_RANGE,
                        UNIMPLEMENTED,
                        UNAUTHENTICATED,
                        RESOURCE_EXHAUSTED -> true;
                case OK, UNKNOWN, UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, INTERNAL, CANCELLED, DATA_LOSS -> false;
            };
        }
        return cause instanceof FeatureStoreException || cause instanceof IOException;
    }

    /** The client's words are kept; what to do comes before them. */
    private static Throwable explained(Throwable cause) {
        if (!(cause instanceof ApiException api)) {
            return cause;
        }
        StatusCode.Code code = api.getStatusCode().getCode();
        String advice = switch (code) {
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                "the service refused the credentials, or they may not do this; check credentials, project_id and instance";
            case UNAVAILABLE -> "the service was not reached; check the network, or emulator";
            case DEADLINE_EXCEEDED -> "no answer came in time; request_timeout sets how long to wait";
            case RESOURCE_EXHAUSTED -> "the service asks for fewer requests; lower concurrency, or add nodes";
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS -> "the service answered " + code;
        };
        return new IllegalStateException("%s (%s)".formatted(advice, api.getMessage()), cause);
    }
}

package dev.manciple.dynamodb;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** What a failure of the SDK means to whoever called the store. */
final class Failures {
    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;

    private Failures() {}

    static StoreException of(String store, String attempted, Throwable cause) {
        return of(store, attempted, List.of(), cause);
    }

    /** @param applied positions in the batch that are known to be stored */
    static StoreException of(String store, String attempted, List<Integer> applied, Throwable cause) {
        if (cause instanceof AbortedException) {
            Thread.currentThread().interrupt();
        }
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
        return switch (cause) {
            case AwsServiceException service -> service.isThrottlingException() || service.statusCode() > 499;
            case SdkException sdk -> sdk.retryable() || causedByNetwork(sdk);
            case IllegalStateException ignored -> true;
            default -> false;
        };
    }

    /** A request that was answered with an error did nothing, unless the service itself failed. */
    private static boolean surelyNotApplied(Throwable cause) {
        return switch (cause) {
            case AwsServiceException service -> service.statusCode() >= BAD_REQUEST && service.statusCode() < 500;
            case SdkClientException client ->
                innermost(client) instanceof java.net.ConnectException
                        || innermost(client) instanceof java.net.UnknownHostException
                        || String.valueOf(client.getMessage()).contains("credentials");
            case FeatureStoreException ignored -> true;
            default -> false;
        };
    }

    private static boolean causedByNetwork(SdkException failure) {
        return innermost(failure) instanceof java.io.IOException;
    }

    private static Throwable innermost(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** The SDK's words are kept; what to do comes before them. */
    private static Throwable explained(Throwable cause) {
        if (cause instanceof AwsServiceException service) {
            if (service.isThrottlingException()) {
                return new IllegalStateException(
                        "the service asks for fewer requests; lower write_concurrency or max_read_workers, or raise the table's limits (%s)"
                                .formatted(service.getMessage()),
                        cause);
            }
            if (service.statusCode() == FORBIDDEN || isAboutCredentials(service)) {
                return new IllegalStateException(
                        "the service refused the credentials, or they may not do this; check access_key_id or the SDK's places for them (%s)"
                                .formatted(service.getMessage()),
                        cause);
            }
            return cause;
        }
        if (cause instanceof SdkClientException client && causedByNetwork(client)) {
            return new IllegalStateException(
                    "the service was not reached or did not answer in time; check region and endpoint_url, connect_timeout and read_timeout (%s)"
                            .formatted(client.getMessage()),
                    cause);
        }
        return cause;
    }

    private static boolean isAboutCredentials(AwsServiceException service) {
        String code = service.awsErrorDetails() == null
                ? ""
                : String.valueOf(service.awsErrorDetails().errorCode());
        return code.equals("UnrecognizedClientException")
                || code.equals("InvalidSignatureException")
                || code.equals("AccessDeniedException")
                || code.equals("ExpiredTokenException")
                || code.equals("MissingAuthenticationTokenException");
    }
}

package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a failure of the driver means to whoever called the store. */
final class Failures {
    private Failures() {}

    static StoreException of(String store, String attempted, Throwable cause) {
        return of(store, attempted, List.of(), cause);
    }

    /** @param applied positions in the batch that are known to be stored */
    static StoreException of(String store, String attempted, List<Integer> applied, Throwable cause) {
        if (cause instanceof StoreException known) {
            return new StoreException(
                    store,
                    attempted,
                    known.retryable(),
                    known.outcome(),
                    applied,
                    known.getCause() == null ? known : known.getCause());
        }
        Outcome outcome = surelyNotApplied(cause) ? Outcome.NOT_APPLIED : Outcome.MAYBE;
        return new StoreException(store, attempted, retryable(cause), outcome, applied, explained(cause));
    }

    /** Restores the flag; nobody knows what became of a request that was under way. */
    static StoreException interrupted(String store, String attempted, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new StoreException(
                store, attempted, true, Outcome.MAYBE, new IllegalStateException("it was interrupted", cause));
    }

    /** Whether the same conditional write may simply be decided again: nobody knows whether it was agreed on. */
    static boolean undecided(Throwable cause) {
        return cause instanceof WriteTimeoutException || cause instanceof CASWriteUnknownException;
    }

    private static boolean retryable(Throwable cause) {
        return !(cause instanceof FeatureStoreException
                || cause instanceof QueryValidationException
                || cause instanceof InvalidKeyspaceException
                || cause instanceof IllegalArgumentException
                || authentication(cause).isPresent());
    }

    private static boolean surelyNotApplied(Throwable cause) {
        if (cause instanceof AllNodesFailedException all) {
            return errors(all).allMatch(Failures::surelyNotApplied);
        }
        return cause instanceof QueryValidationException
                || cause instanceof UnavailableException
                || cause instanceof OverloadedException
                || cause instanceof BootstrappingException
                || cause instanceof RequestThrottlingException
                || cause instanceof BusyConnectionException
                || cause instanceof AuthenticationException
                || cause instanceof ConnectionInitException
                || cause instanceof FeatureStoreException
                || cause instanceof IllegalArgumentException
                || cause instanceof ConnectException;
    }

    /** The driver's words are kept; what to do comes before them. */
    private static Throwable explained(Throwable cause) {
        Optional<Throwable> authentication = authentication(cause);
        if (authentication.isPresent()) {
            return new IllegalStateException(
                    "the server refused the user; check username and password (%s)"
                            .formatted(authentication.get().getMessage()),
                    cause);
        }
        if (cause instanceof UnauthorizedException) {
            return new IllegalStateException("the user may not do this (%s)".formatted(cause.getMessage()), cause);
        }
        if (cause instanceof DriverTimeoutException) {
            return new IllegalStateException(
                    "no answer came in time; request_timeout sets how long to wait (%s)".formatted(cause.getMessage()),
                    cause);
        }
        if (cause instanceof UnresolvedAddressException) {
            return new IllegalStateException("a name in hosts is no known host", cause);
        }
        if (cause instanceof AllNodesFailedException all) {
            return new IllegalStateException(
                    errors(all).findAny().isEmpty()
                            ? "no node is up; check that the cluster runs at the hosts and port given"
                            : "no node answered as it should; check that the cluster runs at the hosts and port given (%s)"
                                    .formatted(errors(all)
                                            .map(Failures::innermost)
                                            .distinct()
                                            .toList()),
                    cause);
        }
        return cause;
    }

    private static String innermost(Throwable error) {
        Throwable inner = error;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }

    private static Optional<Throwable> authentication(Throwable cause) {
        if (cause instanceof AuthenticationException) {
            return Optional.of(cause);
        }
        return cause instanceof AllNodesFailedException all
                ? errors(all).filter(AuthenticationException.class::isInstance).findFirst()
                : Optional.empty();
    }

    private static Stream<Throwable> errors(AllNodesFailedException all) {
        return all.getAllErrors().values().stream().flatMap(List::stream);
    }
}

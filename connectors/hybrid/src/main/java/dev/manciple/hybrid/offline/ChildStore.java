package dev.manciple.hybrid.offline;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.internal.GatedReader;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A store behind the router, whose failures say which one it is.
 *
 * @param name as the configuration has it
 * @param answersTo the source types and names a source may reach it by, in lower case: its own name, the names of its type and, of
 *     a router, what its children answer to
 * @param deadline for each request
 */
record ChildStore(String name, String type, Set<String> answersTo, OfflineStore store, Deadline deadline) {
    boolean isNamed(String wanted) {
        return name.equalsIgnoreCase(wanted);
    }

    boolean answers(String wanted) {
        return answersTo.contains(wanted.toLowerCase(Locale.ROOT));
    }

    /** For people. */
    String title() {
        return name.equals(type)
                ? "offline store '%s'".formatted(name)
                : "offline store '%s' (%s)".formatted(name, type);
    }

    /** The gate of a reader of this store's. */
    GatedReader.Gate waiting(String attempted) {
        return new Waiting(this, attempted, StoreException.Outcome.NOT_APPLIED);
    }

    <T> T reading(String attempted, Callable<T> call) {
        return waiting(attempted).pass(call);
    }

    void writing(String attempted, Runnable call) {
        new Waiting(this, attempted, StoreException.Outcome.MAYBE).pass(() -> {
            call.run();
            return true;
        });
    }

    void close() {
        reading("close", () -> {
            store.close();
            return true;
        });
    }

    /** A failure of this store's as one that names it. What already tells the user what to change keeps its kind. */
    FeatureStoreException named(Exception e, String attempted, StoreException.Outcome outcome) {
        return switch (e) {
            case StoreException failed when String.valueOf(failed.getMessage()).startsWith(title()) -> failed;
            case StoreException failed ->
                new StoreException(title(), attempted, failed.retryable(), failed.outcome(), failed.applied(), failed);
            case InvalidRequestException invalid
            when !String.valueOf(invalid.getMessage()).startsWith(title()) ->
                new InvalidRequestException("%s: %s".formatted(title(), invalid.getMessage()), invalid);
            case FeatureStoreException ours -> ours;
            default -> new StoreException(title(), attempted, false, outcome, e);
        };
    }
}

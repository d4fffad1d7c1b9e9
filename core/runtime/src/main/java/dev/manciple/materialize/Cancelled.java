package dev.manciple.materialize;

import dev.manciple.error.StoreException;

/** What an interrupt becomes. */
final class Cancelled {
    private Cancelled() {}

    /** Keeps the interrupt visible to the caller's own loops. */
    static StoreException during(String attempted, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new StoreException("The materialization", attempted, true, StoreException.Outcome.MAYBE, cause);
    }
}

package dev.manciple;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.util.function.Supplier;

/** Turns whatever a store throws into a {@link StoreException} that says which store it was and what it was asked to do. */
final class Guard {
    private final String store;

    Guard(String store) {
        this.store = store;
    }

    <T> T read(String attempted, Supplier<T> call) {
        return guarded(attempted, Outcome.NOT_APPLIED, call);
    }

    void read(String attempted, Runnable call) {
        guarded(attempted, Outcome.NOT_APPLIED, asSupplier(call));
    }

    /** A store that fails in an unforeseen way may have written before. */
    <T> T write(String attempted, Supplier<T> call) {
        return guarded(attempted, Outcome.MAYBE, call);
    }

    void write(String attempted, Runnable call) {
        guarded(attempted, Outcome.MAYBE, asSupplier(call));
    }

    StoreException failure(String attempted, Exception cause) {
        return new StoreException(store, attempted, false, Outcome.NOT_APPLIED, cause);
    }

    private <T> T guarded(String attempted, Outcome outcome, Supplier<T> call) {
        try {
            return call.get();
        } catch (FeatureStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException(store, attempted, false, outcome, e);
        }
    }

    private static Supplier<Boolean> asSupplier(Runnable call) {
        return () -> {
            call.run();
            return true;
        };
    }
}

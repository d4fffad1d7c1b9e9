package dev.manciple.plugin;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.internal.GatedReader;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Turns whatever a store throws into a {@link StoreException} that says which store it was and what it was asked to do. While a
 * store of an isolated plug-in works, its class loader is the thread's, which libraries go by to find their own parts.
 */
final class Guard {
    private final String store;
    private final Optional<ClassLoader> isolated;

    Guard(String store) {
        this(store, Optional.empty());
    }

    /** @param isolated the loader of the store's plug-in, if it has one of its own */
    Guard(String store, Optional<ClassLoader> isolated) {
        this.store = store;
        this.isolated = isolated;
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

    /** For a reader's batches, whose reading may be interrupted. */
    GatedReader.Gate reading(String attempted) {
        return new GatedReader.Gate() {
            @Override
            public <T> T pass(Callable<T> call) {
                try {
                    return asPlugin(call);
                } catch (FeatureStoreException e) {
                    throw e;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreException(store, attempted, false, Outcome.NOT_APPLIED, e);
                } catch (Exception e) {
                    throw new StoreException(store, attempted, false, Outcome.NOT_APPLIED, e);
                }
            }
        };
    }

    /** Makes a call as the plug-in the store belongs to. */
    <T> T asPlugin(Callable<T> call) throws Exception {
        if (isolated.isEmpty()) {
            return call.call();
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(isolated.get());
        try {
            return call.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private <T> T guarded(String attempted, Outcome outcome, Supplier<T> call) {
        try {
            return asPlugin(call::get);
        } catch (FeatureStoreException e) {
            throw e;
        } catch (Exception e) {
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

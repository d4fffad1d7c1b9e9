package dev.manciple.cassandra;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Keeps a bounded number of the driver's requests in flight, whichever calls they belong to; more wait. Thread-safe. */
final class InFlight {
    private final Semaphore permits;

    InFlight(int atOnce) {
        this.permits = new Semaphore(atOnce);
    }

    /** Starts a request once there is room for it. */
    <T> CompletableFuture<T> start(Supplier<CompletionStage<T>> request) throws InterruptedException {
        permits.acquire();
        CompletionStage<T> started;
        try {
            started = request.get();
        } catch (RuntimeException e) {
            permits.release();
            return CompletableFuture.failedFuture(e);
        }
        return started.whenComplete((result, failure) -> permits.release()).toCompletableFuture();
    }

    /** Why a request failed, below the wrappers of futures. */
    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}

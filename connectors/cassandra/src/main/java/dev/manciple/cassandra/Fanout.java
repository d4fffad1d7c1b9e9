package dev.manciple.cassandra;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Keeps a bounded number of requests in flight, whichever calls they belong to; more wait. Thread-safe. */
final class Fanout {
    private final Semaphore permits;

    Fanout(int atOnce) {
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

    /** What became of the tasks of one call: those known to be done, and the first failure if there was one. */
    record Outcome<T>(List<T> done, List<Throwable> failures) {}

    /** Runs a task per item; hands out no more once one failed, and waits for those under way. */
    <T> Outcome<T> forEach(List<T> items, Consumer<T> task, Executor executor) throws InterruptedException {
        AtomicBoolean failed = new AtomicBoolean();
        List<CompletableFuture<Void>> running = new ArrayList<>(items.size());
        for (T item : items) {
            if (failed.get()) {
                break;
            }
            CompletableFuture<Void> started =
                    start(() -> CompletableFuture.runAsync(() -> task.accept(item), executor));
            running.add(started.whenComplete((nothing, failure) -> {
                if (failure != null) {
                    failed.set(true);
                }
            }));
        }
        List<T> done = new ArrayList<>(running.size());
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            try {
                running.get(i).get();
                done.add(items.get(i));
            } catch (ExecutionException e) {
                failures.add(unwrapped(e));
            } catch (CancellationException e) {
                failures.add(e);
            }
        }
        return new Outcome<>(done, failures);
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}

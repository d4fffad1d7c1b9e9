package dev.manciple.bigtable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs a bounded number of blocking tasks at once, whichever calls they belong to; more wait. Thread-safe. */
final class Fanout {
    private final Executor executor;
    private final Semaphore permits;

    Fanout(Executor executor, int atOnce) {
        this.executor = executor;
        this.permits = new Semaphore(atOnce);
    }

    /** Starts a task once there is room for it. */
    <T> CompletableFuture<T> start(Supplier<T> task) throws InterruptedException {
        permits.acquire();
        try {
            return CompletableFuture.supplyAsync(task, executor).whenComplete((result, failure) -> permits.release());
        } catch (RejectedExecutionException e) {
            permits.release();
            throw e;
        }
    }

    /** What became of the tasks of one call: the items known to be done, and the failures of the others. */
    record Outcome<T>(List<T> done, List<Throwable> failures) {}

    /** Runs a task per item; hands out no more once one failed, and waits for those under way. */
    <T> Outcome<T> forEach(List<T> items, Consumer<T> task) throws InterruptedException {
        AtomicBoolean failed = new AtomicBoolean();
        List<CompletableFuture<T>> running = new ArrayList<>(items.size());
        for (T item : items) {
            if (failed.get()) {
                break;
            }
            running.add(start(() -> {
                        task.accept(item);
                        return item;
                    })
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            failed.set(true);
                        }
                    }));
        }
        List<T> done = new ArrayList<>(running.size());
        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<T> one : running) {
            try {
                done.add(one.get());
            } catch (ExecutionException e) {
                failures.add(Failures.unwrapped(e));
            }
        }
        return new Outcome<>(done, failures);
    }
}

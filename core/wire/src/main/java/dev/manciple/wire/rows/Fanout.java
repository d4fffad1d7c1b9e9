package dev.manciple.wire.rows;

import dev.manciple.error.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs a bounded number of blocking tasks at once, whichever calls they belong to; more wait. Thread-safe. */
public final class Fanout {
    private final Executor executor;
    private final Semaphore permits;

    public Fanout(Executor executor, int atOnce) {
        this.executor = executor;
        this.permits = new Semaphore(atOnce);
    }

    /** Starts a task once there is room for it. */
    public <T> CompletableFuture<T> start(Supplier<T> task) throws InterruptedException {
        permits.acquire();
        try {
            return CompletableFuture.supplyAsync(task, executor).whenComplete((result, failure) -> permits.release());
        } catch (RejectedExecutionException e) {
            permits.release();
            throw e;
        }
    }

    /** What became of the tasks of one call: the items known to be done, and the failures of the others. */
    public record Outcome<T>(List<T> done, List<Throwable> failures) {
        /**
         * The failure to report where there are several: the least certain decides what is known of the rows that are not done.
         *
         * @param meaning what a failure means to the caller of the store
         */
        public StoreException failure(Function<Throwable, StoreException> meaning) {
            List<StoreException> all = failures.stream().map(meaning).toList();
            return all.stream()
                    .filter(failure -> failure.outcome() == StoreException.Outcome.MAYBE)
                    .findFirst()
                    .orElseGet(all::getFirst);
        }
    }

    /** Runs a task per item; hands out no more once one failed, and waits for those under way. */
    public <T> Outcome<T> forEach(List<T> items, Consumer<T> task) throws InterruptedException {
        AtomicBoolean failed = new AtomicBoolean();
        List<CompletableFuture<T>> running = new ArrayList<>(items.size());
        for (T item : items) {
            if (failed.get()) {
                break;
            }
            running.add(start(() -> {
                try {
                    task.accept(item);
                    return item;
                } catch (Throwable e) {
                    // Before this task's room is free for the next.
                    failed.set(true);
                    throw e;
                }
            }));
        }
        List<T> done = new ArrayList<>(running.size());
        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<T> one : running) {
            try {
                done.add(one.get());
            } catch (ExecutionException e) {
                failures.add(unwrapped(e));
            }
        }
        return new Outcome<>(done, failures);
    }

    /** What a task threw. */
    public static Throwable unwrapped(ExecutionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }
}

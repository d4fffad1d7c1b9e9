package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes the calls that wait for the engine, on threads of the platform. The engine is native code, which keeps the carrier of a
 * virtual thread until it returns, and it calls back for rows that other virtual threads may have to bring: were it called on
 * virtual threads, as many loads as there are carriers would wait for each other for ever.
 *
 * <p>There are as many threads as calls at once. A limit would bring the same deadlock back, since a call may wait for rows that
 * come from another one.
 */
final class EngineCalls implements AutoCloseable {
    /** Between an interrupt and the end it brings, so that what only cleans up gets through. */
    private static final int PATIENCE_MILLIS = 50;

    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("duckdb-", 1).factory());

    /** Something that waits for the engine. */
    interface Waiting<T, E extends Exception> {
        T run() throws E;
    }

    /**
     * Makes a call, and returns when it has ended.
     *
     * @param end makes it end, if it has begun: run, and run again, once this thread is interrupted, of which native code does not
     *     hear
     */
    <T, E extends Exception> T make(Waiting<T, E> call, Runnable end) throws E {
        FutureTask<T> made = new FutureTask<>(call::run);
        start(made);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return interrupted ? made.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) : made.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    end.run();
                }
            }
        } catch (ExecutionException e) {
            throw EngineCalls.<E>thrown(Objects.requireNonNullElse(e.getCause(), e));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void start(Runnable call) {
        try {
            threads.execute(call);
        } catch (RejectedExecutionException e) {
            throw new StoreException(
                    DuckDb.NAME,
                    "go on",
                    false,
                    StoreException.Outcome.NOT_APPLIED,
                    new IllegalStateException("the store is closed", e));
        }
    }

    /** What a call throws is unchecked or as declared. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> E thrown(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case Throwable declared -> (E) declared;
        };
    }

    /** What has begun goes on to its end. */
    @Override
    public void close() {
        threads.shutdown();
    }
}

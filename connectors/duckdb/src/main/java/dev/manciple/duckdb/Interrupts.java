package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lets an interrupt of a thread end the statement it waits for: the engine runs it in native code, which hears of no
 * interrupt. One thread of the platform watches for all, because virtual ones find no carrier while native code holds them.
 */
final class Interrupts implements AutoCloseable {
    private static final int CHECK_MILLIS = 50;

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("duckdb-interrupts").factory());

    /** Something that waits for the engine. */
    interface Waiting<T, E extends Exception> {
        T run() throws E;
    }

    /** Runs something that waits for a statement, which an interrupt of this thread cancels meanwhile. */
    <T, E extends Exception> T during(Statement statement, Waiting<T, E> waiting) throws E {
        Future<?> checks = watch(statement);
        try {
            return waiting.run();
        } finally {
            checks.cancel(false);
        }
    }

    private Future<?> watch(Statement statement) {
        Thread caller = Thread.currentThread();
        try {
            return watcher.scheduleWithFixedDelay(
                    () -> check(caller, statement), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new StoreException(
                    DuckDb.NAME,
                    "go on",
                    false,
                    StoreException.Outcome.NOT_APPLIED,
                    new IllegalStateException("the store is closed", e));
        }
    }

    private static void check(Thread caller, Statement statement) {
        if (caller.isInterrupted()) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // It has just ended by itself, which is as good.
                return;
            }
        }
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}

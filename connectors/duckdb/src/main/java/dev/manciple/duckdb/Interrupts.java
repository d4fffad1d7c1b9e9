package dev.manciple.duckdb;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** What the engine is asked to do. */
    interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /** Runs the statement's work on this thread; an interrupt of the thread cancels it. */
    <T, E extends Exception> T during(Statement statement, Work<T, E> work) throws E {
        Thread caller = Thread.currentThread();
        Future<?> checks = watcher.scheduleWithFixedDelay(
                () -> check(caller, statement), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return work.run();
        } finally {
            checks.cancel(false);
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

package dev.manciple.postgres;

import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.PGConnection;

/**
 * Lets an interrupt of a thread end the statement it waits for, also in the server: the driver waits in a read that hears of no
 * interrupt. One thread watches for all.
 */
final class Interrupts implements AutoCloseable {
    private static final int CHECK_MILLIS = 50;

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("postgres-interrupts").factory());

    private enum State {
        WAITING,
        STOPPING,
        OVER
    }

    /** Something that waits for the server. */
    interface Waiting<T> {
        T run() throws SQLException;
    }

    /**
     * Runs something that waits for a connection's server, which an interrupt of this thread makes stop meanwhile.
     *
     * @param onStop run, before this returns, where the server is told to stop: it may do so only with the next statement
     */
    <T> T during(PGConnection connection, Waiting<T> waiting, Runnable onStop) throws SQLException {
        Thread caller = Thread.currentThread();
        AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        Future<?> checks = watcher.scheduleWithFixedDelay(
                () -> check(caller, connection, state), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return waiting.run();
        } finally {
            checks.cancel(false);
            if (state.getAndSet(State.OVER) == State.STOPPING) {
                onStop.run();
            }
        }
    }

    /** Again and again, as the statement may begin only after the server was told. */
    private static void check(Thread caller, PGConnection connection, AtomicReference<State> state) {
        boolean stopping = caller.isInterrupted()
                && (state.compareAndSet(State.WAITING, State.STOPPING) || state.get() == State.STOPPING);
        if (stopping) {
            try {
                connection.cancelQuery();
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

package dev.manciple.server;

import dev.manciple.spi.internal.Deadlines;
import java.time.Duration;

/**
 * Interrupts threads whose work takes too long, which ends what they wait for: a connection, a store. Thread-safe; each work is
 * one of the thread that asks for it.
 */
public final class TimeLimit implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Duration limit;
    private final Deadlines deadlines;

    /** @param name of the thread that looks after the others */
    public TimeLimit(String name, Duration limit) {
        this.limit = limit;
        this.deadlines = new Deadlines(name, TICK);
    }

    /** What may take no longer than the limit. */
    @FunctionalInterface
    public interface Work<R, E extends Exception> {
        R run() throws E;
    }

    /**
     * Works in this thread, which is not interrupted afterwards.
     *
     * @throws E what the work throws, also because it was interrupted
     */
    public <R, E extends Exception> R run(Work<R, E> work) throws E {
        Thread worker = Thread.currentThread();
        try (Deadlines.Watch watch = begin(worker::interrupt)) {
            try {
                return work.run();
            } finally {
                if (!watch.meet()) {
                    Thread.interrupted();
                }
            }
        }
    }

    /**
     * Begins work that ends elsewhere.
     *
     * @param end what to do if it has not ended in time, as {@link Deadlines#watch} does it
     */
    public Deadlines.Watch begin(Runnable end) {
        return deadlines.watch(System.nanoTime() + limit.toNanos(), end);
    }

    @Override
    public void close() {
        deadlines.close();
    }
}

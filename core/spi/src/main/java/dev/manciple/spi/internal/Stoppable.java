package dev.manciple.spi.internal;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work on a thread of somebody's that others may stop: the thread is interrupted while it does the work, and never after. What was
 * stopped does not begin. Thread-safe; one thread at a time does the work.
 */
public final class Stoppable {
    private @Nullable Thread thread;
    private boolean stopped;

    /** Says that work was stopped, whatever it failed with then. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private StoppedException(@Nullable RuntimeException failure) {
            super("The work was stopped", failure);
        }
    }

    /** Does the work on this thread, unless it was stopped before. */
    public void run(Runnable work) {
        if (begin()) {
            try {
                work.run();
            } finally {
                end();
            }
        }
    }

    /**
     * Does the work on this thread. Work that ends well although it was stopped has ended well.
     *
     * @throws StoppedException if it was stopped before, or failed once it was stopped: not every library has a word for being
     *     interrupted
     */
    public <R> R call(Supplier<R> work) {
        if (!begin()) {
            throw new StoppedException(null);
        }
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw isStopped() ? new StoppedException(e) : e;
        } finally {
            end();
        }
    }

    /** Does not wait for the work to end. */
    public synchronized void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private synchronized boolean begin() {
        if (!stopped) {
            thread = Thread.currentThread();
        }
        return !stopped;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void end() {
        thread = null;
        if (stopped) {
            // The interrupt was for this work, not for what the thread does next.
            Thread.interrupted();
        }
    }
}

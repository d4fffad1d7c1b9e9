package dev.manciple.server.grpc;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends work nobody waits for any more: what a caller who has gone asked for would keep its place from others until the stores
 * have answered. Thread-safe.
 */
public final class Cancellation {
    private @Nullable Thread worker;
    private boolean cancelled;

    Cancellation() {}

    /** The caller has gone. Does not wait for the work to end. */
    synchronized void cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        }
    }

    /**
     * Works in this thread, which is interrupted if the caller goes meanwhile or has gone already, and is not afterwards. Only for
     * what leaves nothing half-done: reads.
     */
    <R> R run(Supplier<R> work) {
        begin();
        try {
            return work.get();
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        worker = Thread.currentThread();
        if (cancelled) {
            worker.interrupt();
        }
    }

    private synchronized void end() {
        worker = null;
        if (cancelled) {
            Thread.interrupted();
        }
    }
}

package dev.manciple.server.flight;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Interrupts threads whose client has gone, or sends nothing for too long: neither wakes a thread that waits for the client or
 * works for it. Thread-safe.
 */
final class Watchdog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Watched> watched = new HashSet<>();

    /** The calling thread, while it is watched. */
    final class Watched implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final BooleanSupplier clientGone;
        private volatile long silenceNanos;
        private volatile long heard = System.nanoTime();
        private volatile boolean interrupted;

        private Watched(BooleanSupplier clientGone, Duration silence) {
            this.clientGone = clientGone;
            this.silenceNanos = silence.toNanos();
        }

        /** The client sent something. */
        void heard() {
            heard = System.nanoTime();
        }

        /** The client has sent all it has to: from now on it may only go. */
        void heardAll() {
            silenceNanos = Long.MAX_VALUE;
        }

        /** Whether the thread was interrupted from here, and not by its own program. */
        boolean interrupted() {
            return interrupted;
        }

        private void look() {
            if (clientGone.getAsBoolean() || System.nanoTime() - heard > silenceNanos) {
                interrupted = true;
                thread.interrupt();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watched.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Watches the calling thread until the result is closed. */
    Watched watch(BooleanSupplier clientGone, Duration silence) {
        Watched call = new Watched(clientGone, silence);
        lock.lock();
        try {
            watched.add(call);
        } finally {
            lock.unlock();
        }
        return call;
    }

    /** Looks once after everybody; a thread that is no longer watched is left alone. */
    void look() {
        lock.lock();
        try {
            watched.forEach(Watched::look);
        } finally {
            lock.unlock();
        }
    }
}

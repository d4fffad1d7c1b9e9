package dev.manciple.spi.internal;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends what takes longer than it may. One thread looks after all of it in turn: a timer for each wait of a few microseconds, as
 * a timed read of a virtual thread sets one, wakes a thread twice and costs more than the wait. Thread-safe.
 */
public final class Deadlines implements AutoCloseable {
    private final long tickNanos;
    private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    /**
     * Starts the thread, which sleeps while nothing is watched.
     *
     * @param name of the thread
     * @param tick how much too late the end of a wait may come
     */
    public Deadlines(String name, Duration tick) {
        this.tickNanos = tick.toNanos();
        this.thread = Thread.ofPlatform().name(name).daemon().start(this::look);
    }

    /** Something that has to be over by a time. Closing it says that it is. */
    public final class Watch implements AutoCloseable {
        private final long deadline;
        private final Runnable end;
        private boolean over;
        private boolean missed;

        private Watch(long deadline, Runnable end) {
            this.deadline = deadline;
            this.end = end;
        }

        private synchronized void endIfLate(long now) {
            if (!over && now - deadline >= 0) {
                over = true;
                missed = true;
                endNow();
            }
        }

        /** What one action throws must not keep the others from being ended. */
        @SuppressWarnings("CatchThrowable")
        private void endNow() {
            try {
                end.run();
            } catch (Throwable e) {
                System.getLogger(Deadlines.class.getName())
                        .log(System.Logger.Level.ERROR, "Ending what took too long failed", e);
            }
        }

        /** From here on nothing ends it; tells whether something did. */
        public synchronized boolean meet() {
            over = true;
            return !missed;
        }

        @Override
        public void close() {
            meet();
            watched.remove(this);
        }
    }

    /**
     * Watches something until the result is closed.
     *
     * @param nanoTime when it has to be over, by {@link System#nanoTime}
     * @param end ends it, at most once, on the thread of this class; must not wait, since the others' ends
     *     would wait too; what it throws is logged. It never runs after {@link Watch#meet} has returned
     */
    public Watch watch(long nanoTime, Runnable end) {
        Watch watch = new Watch(nanoTime, end);
        watched.add(watch);
        if (idle) {
            LockSupport.unpark(thread);
        }
        return watch;
    }

    private void look() {
        while (!closed) {
            if (watched.isEmpty()) {
                idle = true;
                // Whoever comes after the second look sees that this thread is idle.
                if (watched.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
            }
            LockSupport.parkNanos(this, tickNanos);
            long now = System.nanoTime();
            watched.forEach(watch -> watch.endIfLate(now));
        }
    }

    /** Ends nothing any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}

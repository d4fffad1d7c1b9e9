package dev.manciple.server;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets in as many requests as run well at a time. The others are turned away at once: a request that waits in a queue costs
 * memory and is answered too late to be of use. Thread-safe.
 */
public final class Admission {
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Looks in a row without a request, after which callers are taken to have gone elsewhere. */
    private static final int QUIET_LOOKS = 5;

    private final int limit;
    private final Semaphore places;
    private final LongAdder entered = new LongAdder();
    private final AtomicBoolean draining = new AtomicBoolean();

    /** @param limit how many run at a time */
    public Admission(int limit) {
        this.limit = limit;
        this.places = new Semaphore(limit);
    }

    /** Takes a place, to be given back by {@link #leave}; false where all are taken. */
    public boolean enter() {
        entered.increment();
        return places.tryAcquire();
    }

    /** Gives a place back. */
    public void leave() {
        places.release();
    }

    /** What to tell who may not enter. */
    public String refusal() {
        return "%d requests are running, as many as this server takes at a time; try again".formatted(limit);
    }

    /** How many requests are running. */
    public int running() {
        return limit - places.availablePermits();
    }

    /** Whether the process is on its way out: it answers still, but should get no new work. */
    public boolean draining() {
        return draining.get();
    }

    /** Says so, and waits for the requests that run and those that come in the meantime, {@code patience} at most. */
    void drain(Duration patience) {
        drain(patience, () -> false);
    }

    /**
     * As {@link #drain(Duration)}.
     *
     * @param expected whether somebody is known to come back
     */
    public void drain(Duration patience, BooleanSupplier expected) {
        draining.set(true);
        long deadline = System.nanoTime() + patience.toNanos();
        int quiet = 0;
        while (quiet < QUIET_LOOKS && System.nanoTime() < deadline) {
            long before = entered.sum();
            LockSupport.parkNanos(LOOK.toNanos());
            quiet = running() == 0 && !expected.getAsBoolean() && entered.sum() == before ? quiet + 1 : 0;
        }
    }
}

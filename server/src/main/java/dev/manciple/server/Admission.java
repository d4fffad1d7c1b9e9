package dev.manciple.server;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets in as many requests as run well at a time. The others are turned away at once: a request that waits in a queue costs
 * memory and is answered too late to be of use. Thread-safe.
 */
public final class Admission {
    private final int limit;
    private final Semaphore places;
    private final AtomicBoolean draining = new AtomicBoolean();

    Admission(int limit) {
        this.limit = limit;
        this.places = new Semaphore(limit);
    }

    /** Takes a place, to be given back by {@link #leave}; false where all are taken. */
    public boolean enter() {
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

    void drain() {
        draining.set(true);
    }
}

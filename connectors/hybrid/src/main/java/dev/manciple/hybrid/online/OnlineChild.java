package dev.manciple.hybrid.online;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.OnlineStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the stores behind the router, asked again where that may help, and whose failures carry its name. */
final class OnlineChild {
    /**
     * Reads that may wait for one child. A child that hangs cannot pile up more than that; its further reads fail at once until
     * it answers.
     */
    private static final int MOST_READS = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(OnlineChild.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

    private final String name;
    private final OnlineStore store;
    private final Duration deadline;
    private final int retries;
    private final Semaphore reads = new Semaphore(MOST_READS);
    private final AtomicBoolean failing = new AtomicBoolean();

    /** @param deadline of one read; zero for ever */
    OnlineChild(String name, OnlineStore store, Duration deadline, int retries) {
        this.name = name;
        this.store = store;
        this.deadline = deadline;
        this.retries = retries;
    }

    String name() {
        return name;
    }

    OnlineStore store() {
        return store;
    }

    Duration deadline() {
        return deadline;
    }

    /** A read, unless too many wait already. */
    <T> T read(String attempted, Function<OnlineStore, T> call) {
        if (!reads.tryAcquire()) {
            throw failure(
                    attempted,
                    true,
                    new IllegalStateException(
                            MOST_READS + " reads wait for it already, and this one did not queue up"));
        }
        try {
            return guarded(attempted, Outcome.NOT_APPLIED, call);
        } finally {
            reads.release();
        }
    }

    /** A change that does no harm when it is made twice. */
    void change(String attempted, Consumer<OnlineStore> call) {
        guarded(attempted, Outcome.MAYBE, store -> {
            call.accept(store);
            return name;
        });
    }

    /** As {@link #change} with an answer. */
    <T> T ask(String attempted, Outcome outcome, Function<OnlineStore, T> call) {
        return guarded(attempted, outcome, call);
    }

    private <T> T guarded(String attempted, Outcome outcome, Function<OnlineStore, T> call) {
        for (int attempt = 0; ; attempt++) {
            try {
                return call.apply(store);
            } catch (StoreException e) {
                if (!e.retryable() || attempt == retries || !pause(attempt)) {
                    throw new StoreException(described(), attempted, e.retryable(), e.outcome(), e.applied(), e);
                }
            } catch (FeatureStoreException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new StoreException(described(), attempted, false, outcome, e);
            }
        }
    }

    /** Twice as long each time; not at all for a thread that was told to stop. */
    private static boolean pause(int attempt) {
        try {
            Thread.sleep(FIRST_PAUSE.multipliedBy(1L << attempt));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Notes that the child does its part again. */
    void answered() {
        if (failing.get() && failing.compareAndSet(true, false)) {
            LOG.info("{} answers again", described());
        }
    }

    /** Notes a failed read. People are told of the first only, since the next may come a thousand times a second. */
    void failed(StoreException failure) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("{} (told once, until it answers again)", failure.getMessage());
        }
    }

    StoreException failure(String attempted, boolean retryable, Throwable cause) {
        return new StoreException(described(), attempted, retryable, Outcome.NOT_APPLIED, List.of(), cause);
    }

    private String described() {
        return "online store '" + name + "'";
    }
}

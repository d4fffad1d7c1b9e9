package dev.manciple;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as it was at most one TTL ago. A read costs one comparison of times; of the readers that find the snapshot old
 * one asks the registry, and the others go on with what there is, as all do while the registry does not answer.
 */
final class SnapshotCache {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCache.class);

    private final Registry registry;
    private final String project;
    private final long ttlNanos;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Cached> cached = new AtomicReference<>();
    private final ReentrantLock refreshing = new ReentrantLock();

    /**
     * @param ttl zero for never old, as in Feast
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    SnapshotCache(Registry registry, String project, Duration ttl, LongSupplier nanoTime) {
        this.registry = registry;
        this.project = project;
        this.ttlNanos = ttl.toNanos();
        this.nanoTime = nanoTime;
    }

    /** A snapshot and when it was known to be the newest. */
    private record Cached(RegistrySnapshot snapshot, long at) {}

    /** The snapshot, at most one TTL old unless the registry does not answer. */
    RegistrySnapshot recent() {
        Cached now = cached.get();
        if (now == null) {
            return newest();
        }
        boolean old = ttlNanos > 0 && nanoTime.getAsLong() - now.at() > ttlNanos;
        if (!old || !refreshing.tryLock()) {
            return now.snapshot();
        }
        try {
            return newest();
        } catch (FeatureStoreException e) {
            if (Thread.currentThread().isInterrupted()) {
                // Who asked has given up, which says nothing of the registry: the next may ask it.
                return now.snapshot();
            }
            LOG.warn("The registry of project '{}' is served from memory: {}", project, e.getMessage());
            put(now.snapshot());
            return now.snapshot();
        } finally {
            refreshing.unlock();
        }
    }

    /** What the registry holds now; cheap when nothing changed. */
    RegistrySnapshot newest() {
        // From the question to the answer, so that a slow answer cannot replace what a commit has put meanwhile.
        refreshing.lock();
        try {
            Optional<RegistrySnapshot> known = Optional.ofNullable(cached.get()).map(Cached::snapshot);
            RegistrySnapshot snapshot = registry.load(project, known);
            put(snapshot);
            return snapshot;
        } finally {
            refreshing.unlock();
        }
    }

    /** Remembers what a commit returned. */
    void put(RegistrySnapshot snapshot) {
        refreshing.lock();
        try {
            cached.set(new Cached(snapshot, nanoTime.getAsLong()));
        } finally {
            refreshing.unlock();
        }
    }
}

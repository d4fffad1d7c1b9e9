package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.StoreObserver;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.server.auth.AccessChecks;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.internal.Counted;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * What the protocols of one server share. Its parts are thread-safe. Closing it ends what runs in the background; the feature store
 * is borrowed.
 */
public final class Backend implements AutoCloseable {
    private final FeatureStore store;
    private final AccessControl access;
    private final AccessChecks checks;
    private final ServerOptions options;
    private final Admission admission;
    private final Metrics metrics;
    private final Telemetry telemetry;
    private final InstantSource clock = InstantSource.system();
    private final BufferAllocator allocator;
    private final RegistryWatch watch;
    private final TimeLimit readLimit;
    private final Writing writing;
    private final MaterializeJobs jobs;
    private final Optional<OfflinePushQueue> offlinePushes;
    private final StoreObserver.Observation observation;

    /**
     * @param commons borrowed, as the feature store is
     * @throws FeatureStoreException if the registry cannot be read
     */
    Backend(FeatureStore store, Commons commons, ServerOptions options) {
        Conduct conduct = options.conduct();
        this.store = store;
        this.access = commons.access();
        this.options = options;
        admission = new Admission(options.limits().concurrentRequests());
        metrics = commons.metrics();
        metrics.running("online", admission);
        telemetry = commons.telemetry();
        watch = new RegistryWatch(store, options.registryTtl(), metrics, clock);
        checks = new AccessChecks(store, watch::registry);
        readLimit = new TimeLimit("read-deadlines", options.limits().read());
        writing = new Writing(store, watch::registry);
        allocator = new RootAllocator();
        jobs = new MaterializeJobs(store, metrics, clock, conduct.materializations());
        offlinePushes =
                conduct.offlinePushes().map(gathered -> new OfflinePushQueue(writing, allocator, gathered, metrics));
        observation = store.observe(telemetry);
        watch.start();
    }

    public FeatureStore store() {
        return store;
    }

    /** The registry as it was seen last, which costs nothing to ask for. */
    public RegistrySnapshot registry() {
        return watch.registry();
    }

    /** Whom to let in. */
    public AccessControl access() {
        return access;
    }

    /** What those may do. */
    public AccessChecks checks() {
        return checks;
    }

    public ServerOptions options() {
        return options;
    }

    public Admission admission() {
        return admission;
    }

    public Metrics metrics() {
        return metrics;
    }

    public Telemetry telemetry() {
        return telemetry;
    }

    public InstantSource clock() {
        return clock;
    }

    public BufferAllocator allocator() {
        return allocator;
    }

    /**
     * What the stores answer to a read, unless that takes longer than it may.
     *
     * @throws StoreException if it does
     */
    public <R> R read(Supplier<R> answer) {
        long began = System.nanoTime();
        try {
            return readLimit.run(answer::get);
        } catch (FeatureStoreException e) {
            Duration limit = options.limits().read();
            if (System.nanoTime() - began < limit.toNanos()) {
                throw e;
            }
            throw new StoreException(
                    "The online store",
                    "answer within " + Counted.of(limit.toSeconds(), "second"),
                    true,
                    StoreException.Outcome.NOT_APPLIED,
                    e);
        }
    }

    public Writing writing() {
        return writing;
    }

    public MaterializeJobs jobs() {
        return jobs;
    }

    /** Takes what is pushed to the offline store, where it is not appended at once. */
    public Optional<OfflinePushQueue> offlinePushes() {
        return offlinePushes;
    }

    @Override
    public void close() {
        observation.close();
        watch.close();
        jobs.close();
        offlinePushes.ifPresent(OfflinePushQueue::close);
        readLimit.close();
        allocator.close();
    }
}

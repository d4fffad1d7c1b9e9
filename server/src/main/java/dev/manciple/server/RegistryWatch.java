package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.FeatureStoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the registry now and then, so that requests find what was applied meanwhile without waiting for it. While the registry
 * cannot be read the last good one is served; the log and a metric tell.
 */
final class RegistryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);

    private final FeatureStore store;
    private final Metrics metrics;
    private final AtomicLong seen = new AtomicLong(System.nanoTime());
    private final Thread watcher;

    private RegistryWatch(FeatureStore store, Duration every, Metrics metrics) {
        this.store = store;
        this.metrics = metrics;
        this.watcher = Thread.ofPlatform().name("registry-watch").daemon().unstarted(() -> watch(every));
    }

    static RegistryWatch start(FeatureStore store, Duration every, Metrics metrics) {
        RegistryWatch watch = new RegistryWatch(store, every, metrics);
        metrics.registryAge(() -> (System.nanoTime() - watch.seen.get()) / 1e9);
        watch.watcher.start();
        return watch;
    }

    private void watch(Duration every) {
        try {
            while (true) {
                look();
                Thread.sleep(every);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            store.registry();
            seen.set(System.nanoTime());
        } catch (FeatureStoreException e) {
            metrics.registryFailed();
            LOG.warn("The registry cannot be read; the last good one is served: {}", e.getMessage());
        } catch (RuntimeException e) {
            // The watch goes on.
            metrics.registryFailed();
            LOG.error("The registry cannot be read; the last good one is served", e);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}

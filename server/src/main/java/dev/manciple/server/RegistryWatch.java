package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistrySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
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
    private final AtomicReference<Seen> last;
    private final Thread watcher;

    /** What the registry held, and when it was asked, by {@link System#nanoTime}. */
    private record Seen(RegistrySnapshot registry, long at) {}

    /**
     * Reads the registry once; {@link #start} then goes on.
     *
     * @throws FeatureStoreException if it cannot be read: there is nothing to serve then
     */
    RegistryWatch(FeatureStore store, Duration every, Metrics metrics, InstantSource clock) {
        this.store = store;
        this.metrics = metrics;
        this.last = new AtomicReference<>(seen(store));
        this.watcher = Thread.ofPlatform().name("registry-watch").daemon().unstarted(() -> watch(every));
        metrics.registryAge(() -> (System.nanoTime() - last.get().at()) / 1e9);
        metrics.freshness(registry().project(), () -> lags(registry(), clock.instant()));
    }

    private static Seen seen(FeatureStore store) {
        long asked = System.nanoTime();
        return new Seen(store.registry(), asked);
    }

    /** Seconds since the end of the last window, of the views that have one. */
    private static Map<String, Double> lags(RegistrySnapshot registry, Instant now) {
        Map<String, Double> lags = new LinkedHashMap<>();
        registry.materialized()
                .forEach((view, windows) -> windows.stream()
                        .map(Interval::end)
                        .max(Comparator.naturalOrder())
                        .ifPresent(
                                end -> lags.put(view, Duration.between(end, now).toMillis() / 1e3)));
        return lags;
    }

    void start() {
        watcher.start();
    }

    /** The registry as it was seen last. */
    RegistrySnapshot registry() {
        return last.get().registry();
    }

    private void watch(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            last.set(seen(store));
        } catch (FeatureStoreException e) {
            metrics.registryFailed();
            LOG.warn("The registry cannot be read; the last good one is served: {}", FeastErrors.logged(e));
            LOG.debug("Why the registry cannot be read", e);
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

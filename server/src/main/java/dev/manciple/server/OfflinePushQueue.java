package dev.manciple.server;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.spi.internal.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers rows pushed to the offline store and appends them together, as Feast's option says: many small pushes would make as many
 * small files. Who pushes is answered before the rows are stored, so rows of a process that is killed are lost; one that is told
 * to stop stores them first. Thread-safe.
 */
public final class OfflinePushQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OfflinePushQueue.class);

    /** Batches that may wait; who comes then appends its own, which slows callers down to what the store takes. */
    private static final int MOST_WAITING_BATCHES = 10;

    private final Writing writing;
    private final BufferAllocator allocator;
    private final Conduct.OfflinePushes limits;
    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Kind, Batch> gathering = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("offline-push-timer").factory());
    private final ExecutorService appender = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("offline-pushes").factory());
    private int waiting;

    OfflinePushQueue(Writing writing, BufferAllocator allocator, Conduct.OfflinePushes limits, Metrics metrics) {
        this.writing = writing;
        this.allocator = allocator;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** Pushes of the same columns to the same source can be appended together. */
    private record Kind(String source, List<String> columns) {}

    /** The rows of some pushes, by column. */
    private static final class Batch {
        private final Map<String, List<Object>> columns = new LinkedHashMap<>();
        private int rows;
        private @Nullable Future<?> alarm;

        void cancelAlarm() {
            if (alarm != null) {
                alarm.cancel(false);
            }
        }

        void add(Map<String, ? extends List<?>> more) {
            more.forEach((column, cells) ->
                    columns.computeIfAbsent(column, name -> new ArrayList<>()).addAll(cells));
            rows += more.isEmpty() ? 0 : more.values().iterator().next().size();
        }
    }

    /**
     * Looks at rows before they are taken: what is wrong with them is told to who sent them, who is gone when they are appended.
     *
     * @param columns of parsed JSON
     * @throws FeatureStoreException if they do not fit the views the source feeds, or no view is fed by it
     */
    public void check(String source, boolean cached, Map<String, List<?>> columns) {
        // Where others of the same columns wait already, the store was asked.
        boolean unasked = !isGathering(new Kind(source, List.copyOf(columns.keySet())));
        writing.check(source, cached, unasked, (views, to) -> Frames.ofJson(allocator, views, to, columns));
    }

    /** Takes rows, which were found good, to be appended later. */
    public void add(String source, Map<String, List<?>> columns) {
        Kind kind = new Kind(source, List.copyOf(columns.keySet()));
        Batch full = null;
        boolean crowded;
        lock.lock();
        try {
            Batch batch = gathering.get(kind);
            if (batch == null) {
                batch = new Batch();
                gathering.put(kind, batch);
                Batch begun = batch;
                batch.alarm = timer.schedule(
                        () -> late(kind, begun), limits.interval().toNanos(), TimeUnit.NANOSECONDS);
            }
            batch.add(columns);
            if (batch.rows >= limits.rows()) {
                gathering.remove(kind);
                batch.cancelAlarm();
                full = batch;
                waiting++;
            }
            crowded = waiting > MOST_WAITING_BATCHES;
        } finally {
            lock.unlock();
        }
        if (full != null) {
            Batch ready = full;
            if (crowded) {
                append(kind, ready);
            } else {
                appender.execute(() -> append(kind, ready));
            }
        }
    }

    private boolean isGathering(Kind kind) {
        lock.lock();
        try {
            return gathering.containsKey(kind);
        } finally {
            lock.unlock();
        }
    }

    private void late(Kind kind, Batch batch) {
        lock.lock();
        try {
            if (!gathering.remove(kind, batch)) {
                return;
            }
            waiting++;
        } finally {
            lock.unlock();
        }
        appender.execute(() -> append(kind, batch));
    }

    private void append(Kind kind, Batch batch) {
        try {
            writing.push(
                    kind.source(),
                    "offline",
                    true,
                    (views, to) -> Frames.ofJson(allocator, views, to, Map.copyOf(batch.columns)));
        } catch (FeatureStoreException e) {
            metrics.offlinePushLost(kind.source(), batch.rows);
            LOG.error(
                    "Lost {} pushed to '{}': {}",
                    Counted.of(batch.rows, "row"),
                    kind.source(),
                    FeastErrors.loggedOfRows(e));
            LOG.debug("Why rows pushed to '{}' were lost", kind.source(), e);
        } catch (RuntimeException e) {
            metrics.offlinePushLost(kind.source(), batch.rows);
            LOG.error("Lost {} pushed to '{}'", Counted.of(batch.rows, "row"), kind.source(), e);
        } finally {
            lock.lock();
            try {
                waiting--;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Appends what was gathered. */
    @Override
    public void close() {
        timer.shutdownNow();
        Map<Kind, Batch> left;
        lock.lock();
        try {
            left = Map.copyOf(gathering);
            gathering.clear();
            waiting += left.size();
        } finally {
            lock.unlock();
        }
        left.forEach((kind, batch) -> appender.execute(() -> append(kind, batch)));
        appender.shutdown();
        try {
            if (!appender.awaitTermination(Duration.ofSeconds(30).toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.error("Rows pushed to the offline store were not appended in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

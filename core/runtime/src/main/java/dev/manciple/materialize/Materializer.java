package dev.manciple.materialize;

import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.move.Places;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Copies the newest rows of views from the offline to the online store. Thread-safe; holds nothing that needs closing.
 *
 * <p>A view's interval is recorded after the online store has acknowledged its last row. Rows are upserts and the newest wins,
 * so a run that was killed is repaired by running it again. A view that fails does not stop the others.
 *
 * <p>Rows are not appended to the batch source of a view that is also {@code offline}: they come from it.
 */
public final class Materializer {
    /** How far the first incremental run of a view without TTL reaches back, as in Feast. */
    private static final Duration FIRST_WINDOW = Duration.ofDays(7 * 52);

    private final Places places;
    private final IntervalLog log;
    private final OfflineStore offline;
    private final OnlineStore online;
    private final BufferAllocator allocator;
    private final InstantSource clock;
    private final MaterializeLimits limits;

    /** @param allocator owns the batches in flight; not closed */
    public Materializer(
            Registry registry,
            String project,
            OfflineStore offline,
            OnlineStore online,
            BufferAllocator allocator,
            InstantSource clock,
            MaterializeLimits limits) {
        this.places = new Places(online);
        this.log = new IntervalLog(registry, project, places);
        this.offline = offline;
        this.online = online;
        this.allocator = allocator;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * The views a run means.
     *
     * @param names empty for every view that is online, enabled and has history
     */
    public List<FeatureView> views(List<String> names) {
        return meant(log.snapshot(), names);
    }

    /** Where all are meant, not those that only Feast can define and the stores of this repository have no place for. */
    private List<FeatureView> meant(RegistrySnapshot snapshot, List<String> names) {
        List<FeatureView> views = Eligible.toMaterialize(snapshot, names);
        return names.isEmpty()
                ? views.stream()
                        .filter(view -> snapshot.views().containsKey(view.name()) || hasStores(view))
                        .toList()
                : views;
    }

    private boolean hasStores(FeatureView view) {
        return places.problems(view).isEmpty()
                && offline.review(List.of(view), List.of()).problems().isEmpty();
    }

    /**
     * Copies rows with event time in [start, end].
     *
     * @param views empty for every view that is online, enabled and has history
     * @throws InvalidRequestException if the end is before the start or a named view cannot be materialized; nothing is done
     */
    public MaterializeReport materialize(Instant start, Instant end, List<String> views, MaterializeListener listener) {
        if (end.isBefore(start)) {
            throw new InvalidRequestException(
                    "The given start date %s is greater than the given end date %s".formatted(start, end));
        }
        Interval window = new Interval(start, end);
        Map<FeatureView, Interval> windows = new LinkedHashMap<>();
        meant(log.snapshot(), views).forEach(view -> windows.put(view, window));
        return run(windows, Map.of(), listener);
    }

    /**
     * Copies rows of each view from the end of its last window to {@code end}. A view without one starts its TTL ago, or 52
     * weeks ago where values never expire. A view whose window would end before it starts has nothing to do, and is passed over.
     *
     * @param views empty for every view that is online, enabled and has history
     */
    public MaterializeReport materializeIncremental(Instant end, List<String> views, MaterializeListener listener) {
        RegistrySnapshot snapshot = log.snapshot();
        Instant now = clock.instant();
        Map<FeatureView, Interval> windows = new LinkedHashMap<>();
        Map<String, String> passedOver = new LinkedHashMap<>();
        for (FeatureView view : meant(snapshot, views)) {
            Optional<Instant> lastEnd = lastEnd(view, snapshot);
            Instant start = lastEnd.orElseGet(() -> now.minus(view.ttl().isZero() ? FIRST_WINDOW : view.ttl()));
            if (end.isBefore(start)) {
                passedOver.put(
                        view.name(),
                        "Feature view '%s' %s %s, after the given end %s; nothing to do"
                                .formatted(
                                        view.name(),
                                        lastEnd.isPresent() ? "is materialized up to" : "has values of use only from",
                                        start,
                                        end));
            } else {
                windows.put(view, new Interval(start, end));
            }
        }
        return run(windows, passedOver, listener);
    }

    private static Optional<Instant> lastEnd(FeatureView view, RegistrySnapshot snapshot) {
        return snapshot.materialized().getOrDefault(view.name(), List.of()).stream()
                .map(Interval::end)
                .max(Comparator.naturalOrder());
    }

    private MaterializeReport run(
            Map<FeatureView, Interval> windows, Map<String, String> passedOver, MaterializeListener listener) {
        Instant began = clock.instant();
        Map<String, Long> rows = new LinkedHashMap<>();
        Map<String, FeatureStoreException> failed = new LinkedHashMap<>();
        List<Callable<Outcome>> tasks = windows.entrySet().stream()
                .<Callable<Outcome>>map(each -> () -> materialize(each.getKey(), each.getValue(), listener))
                .toList();
        try (ExecutorService executor = Executors.newFixedThreadPool(
                limits.parallelViews(), Thread.ofVirtual().factory())) {
            for (Future<Outcome> task : executor.invokeAll(tasks)) {
                Outcome outcome = task.get();
                rows.put(outcome.view(), outcome.rows());
                outcome.failure().ifPresent(failure -> failed.put(outcome.view(), failure));
            }
        } catch (InterruptedException e) {
            throw Cancelled.during("copy rows", e);
        } catch (ExecutionException e) {
            throw new InternalException("A materialization stopped: " + e.getCause(), e);
        }
        return new MaterializeReport(rows, failed, passedOver, Duration.between(began, clock.instant()));
    }

    private Outcome materialize(FeatureView view, Interval window, MaterializeListener listener)
            throws InterruptedException {
        long rows = 0;
        try {
            ViewCopy copy = new ViewCopy(view, window, offline, online, allocator, limits, listener);
            try {
                copy.run();
            } finally {
                rows = copy.written();
            }
            log.record(view, window);
            listener.finished(view.name(), rows);
            return new Outcome(view.name(), rows, Optional.empty());
        } catch (FeatureStoreException e) {
            return new Outcome(view.name(), rows, Optional.of(e));
        } catch (RuntimeException e) {
            return new Outcome(
                    view.name(),
                    rows,
                    Optional.of(new InternalException(
                            "Materializing feature view '%s' failed: %s".formatted(view.name(), e), e)));
        }
    }

    private record Outcome(String view, long rows, Optional<FeatureStoreException> failure) {}
}

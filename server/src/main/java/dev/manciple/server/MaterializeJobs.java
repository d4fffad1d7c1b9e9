package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.Interval;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Materializations that requests order: some are waited for, the others run in the background, a few at a time, and can be asked
 * about. Thread-safe. A job in the background is not begun for a view that another run is busy with. Closing stops the jobs; what
 * they had written is in the online store, and running them again finishes the work.
 */
public final class MaterializeJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MaterializeJobs.class);

    private final FeatureStore store;
    private final Metrics metrics;
    private final InstantSource clock;
    private final BackgroundJobs<Job> jobs;
    private final ReentrantLock lock = new ReentrantLock();
    /** How many runs are busy with a view; guarded by the lock. */
    private final Map<String, Integer> busy = new HashMap<>();

    /** @param parallel jobs that run at a time; the others wait */
    MaterializeJobs(FeatureStore store, Metrics metrics, InstantSource clock, int parallel) {
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
        this.jobs = new BackgroundJobs<>("materialization", parallel, this::failed, end -> false);
    }

    /** What is to be copied: it is asked of a feature store, with the names of the views, one at least, and who listens. */
    public interface Run {
        MaterializeReport run(FeatureStore store, List<String> views, MaterializeListener listener);
    }

    /** Where a job is. */
    public enum State {
        ACCEPTED,
        RUNNING,
        SUCCEEDED,
        FAILED
    }

    /**
     * A job in the background.
     *
     * @param rows written by view, once it has ended
     * @param failures of views, by name, or of the whole job under an empty name
     */
    public record Job(
            String id,
            List<String> views,
            State state,
            Instant accepted,
            Optional<Instant> ended,
            Map<String, Long> rows,
            Map<String, String> failures)
            implements BackgroundJobs.Job<Job> {
        @Override
        public Job running() {
            return new Job(id, views, State.RUNNING, accepted, ended, rows, failures);
        }
    }

    /** The answer to an order: a job, or the views that another run is busy with. */
    public sealed interface Order {
        record Accepted(Job job) implements Order {}

        record Busy(List<String> views) implements Order {}
    }

    /**
     * Runs now, in this thread.
     *
     * @param views by name; none is nothing to do
     * @throws FeatureStoreException the first view's failure, after all had their turn
     */
    public void run(List<String> views, Run run) {
        List<String> names = names(views);
        enter(names);
        try {
            MaterializeReport report = measured(names, run);
            for (FeatureStoreException failure : report.failedViews().values()) {
                throw failure;
            }
        } finally {
            leave(names);
        }
    }

    /**
     * Runs in the background.
     *
     * @param views by name; none is nothing to do
     * @param force whether views may be busy already
     */
    public Order submit(List<String> views, boolean force, Run run) {
        List<String> names = names(views);
        Job job = new Job(
                UUID.randomUUID().toString(),
                names,
                State.ACCEPTED,
                clock.instant(),
                Optional.empty(),
                Map.of(),
                Map.of());
        lock.lock();
        try {
            List<String> taken = names.stream().filter(busy::containsKey).toList();
            if (!taken.isEmpty() && !force) {
                return new Order.Busy(taken);
            }
            enter(names);
        } finally {
            lock.unlock();
        }
        jobs.submit(job, running -> run(running, run));
        return new Order.Accepted(job);
    }

    private Job run(Job job, Run run) {
        try {
            MaterializeReport report = measured(job.views(), run);
            Map<String, String> failures = new LinkedHashMap<>();
            report.failedViews().forEach((view, failure) -> {
                log(job, view, failure);
                failures.put(view, String.valueOf(failure.getMessage()));
            });
            return ended(job, report.rowsByView(), failures);
        } finally {
            leave(job.views());
        }
    }

    private Job failed(Job job, Throwable failure) {
        if (failure instanceof FeatureStoreException known) {
            log(job, String.join("', '", job.views()), known);
            return ended(job, Map.of(), Map.of("", String.valueOf(known.getMessage())));
        }
        LOG.error("Materialization {} failed", job.id(), failure);
        return ended(job, Map.of(), Map.of("", "The server failed; its log has the reason"));
    }

    private static void log(Job job, String views, FeatureStoreException failure) {
        LOG.warn("Materialization {} of '{}' failed: {}", job.id(), views, FeastErrors.loggedOfRows(failure));
        LOG.debug("Why materialization {} of '{}' failed", job.id(), views, failure);
    }

    private Job ended(Job job, Map<String, Long> rows, Map<String, String> failures) {
        return new Job(
                job.id(),
                job.views(),
                failures.isEmpty() ? State.SUCCEEDED : State.FAILED,
                job.accepted(),
                Optional.of(clock.instant()),
                Map.copyOf(rows),
                Map.copyOf(failures));
    }

    /** @throws NotFoundException if there is none of that name, or no longer */
    public Job job(String id) {
        return jobs.find(id)
                .orElseThrow(() -> new NotFoundException(
                        "Materialization job",
                        id,
                        "The server remembers the last %d.".formatted(BackgroundJobs.REMEMBERED)));
    }

    /** All that are remembered, the oldest first. */
    public List<Job> all() {
        return jobs.all();
    }

    private List<String> names(List<String> views) {
        return views.isEmpty()
                ? List.of()
                : store.materializable(views).stream().map(FeatureView::name).toList();
    }

    private MaterializeReport measured(List<String> views, Run run) {
        if (views.isEmpty()) {
            // A feature store would take no name for all of them.
            return new MaterializeReport(Map.of(), Map.of(), Map.of(), Duration.ZERO);
        }
        MaterializeReport report = run.run(store, views, new Stopwatch());
        report.rowsByView().keySet().stream()
                .filter(view -> !report.failedViews().containsKey(view))
                .forEach(view -> metrics.materialized(view, true));
        report.failedViews().keySet().forEach(view -> metrics.materialized(view, false));
        return report;
    }

    /** Times the views of one run. */
    private final class Stopwatch implements MaterializeListener {
        private final Map<String, Long> began = new ConcurrentHashMap<>();

        @Override
        public void started(String view, Interval window) {
            began.put(view, System.nanoTime());
        }

        @Override
        public void finished(String view, long rows) {
            long now = System.nanoTime();
            metrics.materializationTook(view, now - began.getOrDefault(view, now));
        }
    }

    private void enter(List<String> views) {
        lock.lock();
        try {
            views.forEach(view -> busy.merge(view, 1, Integer::sum));
        } finally {
            lock.unlock();
        }
    }

    private void leave(List<String> views) {
        lock.lock();
        try {
            views.forEach(view -> busy.computeIfPresent(view, (same, runs) -> runs == 1 ? null : runs - 1));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        jobs.close();
    }
}

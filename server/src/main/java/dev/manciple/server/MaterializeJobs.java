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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Materializations that requests order: some are waited for, the others run in the background, a few at a time, and can be asked
 * about. Thread-safe. A job in the background is not begun for a view that another run is busy with. Closing stops the jobs; what
 * they had written is in the online store, and running them again finishes the work.
 */
public final class MaterializeJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MaterializeJobs.class);

    /** Jobs that are told about after their end. */
    private static final int REMEMBERED = 100;

    private static final Duration TIME_TO_STOP = Duration.ofSeconds(5);

    private final FeatureStore store;
    private final Metrics metrics;
    private final InstantSource clock;
    private final ExecutorService executor;
    private final ReentrantLock lock = new ReentrantLock();
    /** How many runs are busy with a view; guarded by the lock, as are the jobs. */
    private final Map<String, Integer> busy = new HashMap<>();

    private final Map<String, Job> jobs = new LinkedHashMap<>();

    /** @param parallel jobs that run at a time; the others wait */
    MaterializeJobs(FeatureStore store, Metrics metrics, InstantSource clock, int parallel) {
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
        this.executor = Executors.newFixedThreadPool(
                parallel, Thread.ofVirtual().name("materialize-", 0).factory());
    }

    /** What is to be copied: it is asked of a feature store, with the names of the views and who listens. */
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
            Map<String, String> failures) {
        private boolean over() {
            return ended.isPresent();
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
     * @param views empty for all that can be materialized
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
     * @param views empty for all that can be materialized
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
            jobs.put(job.id(), job);
            forgetOldest();
        } finally {
            lock.unlock();
        }
        executor.execute(() -> runJob(job, run));
        return new Order.Accepted(job);
    }

    private void runJob(Job job, Run run) {
        change(job.id(), now -> ended(now, State.RUNNING, Optional.empty(), Map.of(), Map.of()));
        Map<String, Long> rows = Map.of();
        Map<String, String> failures = new LinkedHashMap<>();
        try {
            MaterializeReport report = measured(job.views(), run);
            rows = report.rowsByView();
            report.failedViews().forEach((view, failure) -> failures.put(view, String.valueOf(failure.getMessage())));
        } catch (FeatureStoreException e) {
            failures.put("", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("Materialization {} failed", job.id(), e);
            failures.put("", "The server failed; its log has the reason");
        }
        Map<String, Long> written = rows;
        leave(job.views());
        change(
                job.id(),
                now -> ended(
                        now,
                        failures.isEmpty() ? State.SUCCEEDED : State.FAILED,
                        Optional.of(clock.instant()),
                        written,
                        failures));
        failures.forEach((view, reason) -> LOG.warn("Materialization {} of '{}' failed: {}", job.id(), view, reason));
    }

    private static Job ended(
            Job job, State state, Optional<Instant> end, Map<String, Long> rows, Map<String, String> failures) {
        return new Job(job.id(), job.views(), state, job.accepted(), end, Map.copyOf(rows), Map.copyOf(failures));
    }

    private void change(String id, UnaryOperator<Job> to) {
        lock.lock();
        try {
            jobs.computeIfPresent(id, (same, job) -> to.apply(job));
        } finally {
            lock.unlock();
        }
    }

    private void forgetOldest() {
        List<String> over = new ArrayList<>();
        jobs.values().stream().filter(Job::over).forEach(job -> over.add(job.id()));
        over.stream().limit(Math.max(0, over.size() - REMEMBERED)).forEach(jobs::remove);
    }

    /** @throws NotFoundException if there is none of that name, or no longer */
    public Job job(String id) {
        lock.lock();
        try {
            Job job = jobs.get(id);
            if (job == null) {
                throw new NotFoundException(
                        "Materialization job", id, "The server remembers the last %d.".formatted(REMEMBERED));
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    /** All that are remembered, the oldest first. */
    public List<Job> all() {
        lock.lock();
        try {
            return List.copyOf(jobs.values());
        } finally {
            lock.unlock();
        }
    }

    private List<String> names(List<String> views) {
        return store.materializable(views).stream().map(FeatureView::name).toList();
    }

    private MaterializeReport measured(List<String> views, Run run) {
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
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(TIME_TO_STOP.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A materialization did not stop within {} s", TIME_TO_STOP.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

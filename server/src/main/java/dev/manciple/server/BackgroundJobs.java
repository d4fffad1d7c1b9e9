package dev.manciple.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs of one kind that run in the background, a few at a time, and what became of them. All of it is in memory and ends with the
 * process. Thread-safe. Closing interrupts the jobs that run; those that wait are never begun.
 *
 * @param <J> what is told about a job; another takes its place when the job begins and when it ends
 */
public final class BackgroundJobs<J extends BackgroundJobs.Job<J>> implements AutoCloseable {
    /** Jobs that are told about after their end; those that ended first are forgotten first. */
    static final int REMEMBERED = 100;

    private static final Duration TIME_TO_STOP = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundJobs.class);

    private final String kind;
    private final BiFunction<J, Throwable, J> failed;
    private final Predicate<Instant> stale;
    private final ExecutorService executor;
    private final ReentrantLock lock = new ReentrantLock();
    /** In the order they were taken; guarded by the lock. */
    private final Map<String, J> jobs = new LinkedHashMap<>();
    /** Those of them that ended, in the order of their ends; guarded by the lock. */
    private final Deque<J> ended = new ArrayDeque<>();

    /**
     * @param kind of the jobs, for the log and the names of threads
     * @param parallel jobs that run at a time; the others wait
     * @param failed ends a running job whose work threw something
     * @param stale whether a job that ended then is forgotten, though it is among the last
     */
    public BackgroundJobs(String kind, int parallel, BiFunction<J, Throwable, J> failed, Predicate<Instant> stale) {
        this.kind = kind;
        this.failed = failed;
        this.stale = stale;
        String threads = kind.replace(' ', '-') + '-';
        this.executor = Executors.newFixedThreadPool(
                parallel, Thread.ofVirtual().name(threads, 0).factory());
    }

    /** A job, immutable. */
    public interface Job<J> {
        String id();

        Optional<Instant> ended();

        /** The same job once it runs. */
        J running();
    }

    /**
     * Takes a job.
     *
     * @param work takes the running job and gives the one that ended
     * @throws RejectedExecutionException if this is closed
     */
    public void submit(J job, UnaryOperator<J> work) {
        lock.lock();
        try {
            executor.execute(() -> run(job.running(), work));
            keep(job);
        } finally {
            lock.unlock();
        }
    }

    private void run(J running, UnaryOperator<J> work) {
        keep(running);
        keep(over(running, work));
    }

    private J over(J running, UnaryOperator<J> work) {
        try {
            return work.apply(running);
        } catch (RuntimeException | Error e) {
            // Errors too: nobody else would end the job.
            return failed.apply(running, e);
        }
    }

    private void keep(J job) {
        lock.lock();
        try {
            jobs.put(job.id(), job);
            job.ended().ifPresent(end -> ended.add(job));
            forget();
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        while (ended.size() > REMEMBERED
                || (!ended.isEmpty() && stale.test(ended.getFirst().ended().orElseThrow()))) {
            jobs.remove(ended.removeFirst().id());
        }
    }

    /** A job that waits, runs, or ended and is remembered. */
    public Optional<J> find(String id) {
        return all().stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** All that are known, in the order they were taken. */
    public List<J> all() {
        lock.lock();
        try {
            forget();
            return List.copyOf(jobs.values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(TIME_TO_STOP.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A {} did not stop within {} s", kind, TIME_TO_STOP.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.manciple.server.registry;

import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that make datasets, a few at a time, and what became of them. All of it is in memory and ends with the process, as in
 * Feast. Thread-safe. Closing interrupts the jobs that run and forgets those that wait.
 */
final class DatasetJobs implements AutoCloseable {
    /** Jobs that run at a time, as in Feast. */
    static final int RUNNING = 2;

    /** Jobs that may wait for the others to end; each holds its entity rows. */
    static final int WAITING = 8;

    /** Jobs that are told about after their end, and for how long. */
    private static final int REMEMBERED = 100;

    static final Duration MEMORY = Duration.ofDays(1);

    private static final Duration TIME_TO_STOP = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(DatasetJobs.class);

    private final InstantSource clock;
    private final ExecutorService executor = Executors.newFixedThreadPool(
            RUNNING, Thread.ofVirtual().name("dataset-", 0).factory());
    private final ReentrantLock lock = new ReentrantLock();
    /** Those that ended in the order of their ends; guarded by the lock. */
    private final Map<String, Job> jobs = new LinkedHashMap<>();

    DatasetJobs(InstantSource clock) {
        this.clock = clock;
    }

    /** Where a job is. */
    enum State {
        PENDING,
        RUNNING,
        COMPLETED,
        FAILED;

        /** As Feast says it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws InvalidRequestException if there is no such state */
        static State of(String word) {
            return Arrays.stream(values())
                    .filter(state -> state.word().equals(word))
                    .findFirst()
                    .orElseThrow(() ->
                            new InvalidRequestException("There is no status '%s' of dataset jobs. There are %s"
                                    .formatted(
                                            word,
                                            Arrays.stream(values())
                                                    .map(State::word)
                                                    .collect(Collectors.joining(", ")))));
        }
    }

    /**
     * One job.
     *
     * @param dataset its name, project and tags, to ask for permissions with
     * @param target the file it writes
     * @param error empty but for a job that failed; without values
     */
    record Job(
            String id,
            SavedDataset dataset,
            Path target,
            State state,
            Instant created,
            Optional<Instant> ended,
            String error) {
        private boolean over() {
            return ended.isPresent();
        }

        private Job running() {
            return new Job(id, dataset, target, State.RUNNING, created, ended, error);
        }

        private Job ended(Instant when, Optional<String> failure) {
            return new Job(
                    id,
                    dataset,
                    target,
                    failure.isPresent() ? State.FAILED : State.COMPLETED,
                    created,
                    Optional.of(when),
                    failure.orElse(""));
        }
    }

    /**
     * Has something done in the background.
     *
     * @param dataset what is made
     * @throws InvalidRequestException if another job makes a dataset of that name or writes to that file
     * @throws StoreException if too many jobs wait, or the server is going
     */
    Job submit(SavedDataset dataset, Path target, Runnable work) {
        SavedDatasetSpec spec = dataset.getSpec();
        SavedDataset known = SavedDataset.newBuilder()
                .setSpec(SavedDatasetSpec.newBuilder()
                        .setName(spec.getName())
                        .setProject(spec.getProject())
                        .putAllTags(spec.getTagsMap()))
                .build();
        Job job = new Job(
                UUID.randomUUID().toString(), known, target, State.PENDING, clock.instant(), Optional.empty(), "");
        lock.lock();
        try {
            requireRoom(job);
            executor.execute(() -> run(job.id(), work));
            jobs.put(job.id(), job);
            forgetOld();
            return job;
        } catch (RejectedExecutionException e) {
            throw full("the server is going", e);
        } finally {
            lock.unlock();
        }
    }

    private void requireRoom(Job job) {
        List<Job> open = jobs.values().stream().filter(each -> !each.over()).toList();
        for (Job other : open) {
            SavedDatasetSpec spec = other.dataset().getSpec();
            if (spec.getName().equals(job.dataset().getSpec().getName())
                    && spec.getProject().equals(job.dataset().getSpec().getProject())) {
                throw new InvalidRequestException(
                        "Saved dataset '%s' is being made already, by job %s. Wait for its end"
                                .formatted(spec.getName(), other.id()));
            }
            if (other.target().equals(job.target())) {
                throw new InvalidRequestException(
                        "'%s' is being written already, by job %s. Choose another storage_path"
                                .formatted(job.target().getFileName(), other.id()));
            }
        }
        if (open.size() >= RUNNING + WAITING) {
            throw full(
                    "%d jobs run and %d wait, as many as it takes; ask again when one has ended"
                            .formatted(RUNNING, WAITING),
                    new RejectedExecutionException());
        }
    }

    private static StoreException full(String why, RejectedExecutionException cause) {
        return new StoreException(
                "The registry server",
                "take another dataset job",
                true,
                StoreException.Outcome.NOT_APPLIED,
                new IllegalStateException(why, cause));
    }

    private void run(String id, Runnable work) {
        begin(id);
        Optional<String> failure = failure(id, work);
        lock.lock();
        try {
            Job job = jobs.remove(id);
            if (job != null) {
                // Last again: those that ended first are forgotten first.
                jobs.put(id, job.ended(clock.instant(), failure));
            }
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> failure(String id, Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (FeatureStoreException e) {
            LOG.warn("Dataset job {} failed", id, e);
            return Optional.of(told(e, id));
        } catch (RuntimeException | Error e) {
            // Errors too: nobody else would end the job.
            LOG.error("Dataset job {} failed", id, e);
            return Optional.of(inLog("The server failed", id));
        }
    }

    /** Others than the one who sent the rows may ask: what could quote a value of theirs is left to the log. */
    private static String told(FeatureStoreException failure, String id) {
        return switch (failure) {
            case NotFoundException missing -> inLog("A file or table that is read was not found", id);
            case UnsupportedException unsupported -> String.valueOf(unsupported.getMessage());
            case AccessException refused -> String.valueOf(refused.getMessage());
            case ConflictException overtaken -> String.valueOf(overtaken.getMessage());
            case StoreException store -> inLog(store.attempt(), id);
            case InvalidRequestException unfit -> inLog("The rows do not fit, or the file cannot be written", id);
            case ConfigException server -> inLog("The server failed", id);
            case InternalException server -> inLog("The server failed", id);
        };
    }

    private static String inLog(String what, String id) {
        return "%s; the log of the registry server has the reason, with the number %s of this job".formatted(what, id);
    }

    private void begin(String id) {
        lock.lock();
        try {
            jobs.computeIfPresent(id, (same, job) -> job.running());
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld() {
        Instant oldest = clock.instant().minus(MEMORY);
        List<Job> over =
                new ArrayList<>(jobs.values().stream().filter(Job::over).toList());
        int tooMany = Math.max(0, over.size() - REMEMBERED);
        for (int i = 0; i < over.size(); i++) {
            if (i < tooMany || over.get(i).ended().orElseThrow().isBefore(oldest)) {
                jobs.remove(over.get(i).id());
            }
        }
    }

    /** @throws NotFoundException if there is none of that number, or no longer */
    Job job(String id) {
        lock.lock();
        try {
            forgetOld();
            Job job = jobs.get(id);
            if (job == null) {
                throw new NotFoundException("Dataset job", id);
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    /** All that are known, the newest first. */
    List<Job> all() {
        lock.lock();
        try {
            forgetOld();
            return jobs.values().stream()
                    .sorted(Comparator.comparing(Job::created).reversed())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(TIME_TO_STOP.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A dataset job did not stop within {} s", TIME_TO_STOP.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

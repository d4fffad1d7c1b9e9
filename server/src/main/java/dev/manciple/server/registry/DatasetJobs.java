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
import dev.manciple.server.BackgroundJobs;
import dev.manciple.server.FeastErrors;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that make datasets, a few at a time, and what became of them. All of it is in memory and ends with the process, as in
 * Feast. Thread-safe. Closing interrupts the jobs that run; those that wait are never begun.
 */
final class DatasetJobs implements AutoCloseable {
    /** Jobs that run at a time, as in Feast. */
    static final int RUNNING = 2;

    /** Jobs that may wait for the others to end; each holds its entity rows. */
    static final int WAITING = 8;

    /** How long jobs are told about after their end. */
    static final Duration MEMORY = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(DatasetJobs.class);

    private final InstantSource clock;
    private final BackgroundJobs<Job> jobs;
    private final ReentrantLock admission = new ReentrantLock();

    DatasetJobs(InstantSource clock) {
        this.clock = clock;
        this.jobs = new BackgroundJobs<>(
                "dataset job",
                RUNNING,
                this::failed,
                end -> end.isBefore(clock.instant().minus(MEMORY)));
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
            String error)
            implements BackgroundJobs.Job<Job> {
        @Override
        public Job running() {
            return new Job(id, dataset, target, State.RUNNING, created, ended, error);
        }

        private Job ended(Instant when, State how, String why) {
            return new Job(id, dataset, target, how, created, Optional.of(when), why);
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
        admission.lock();
        try {
            requireRoom(job);
            jobs.submit(job, running -> {
                work.run();
                return running.ended(clock.instant(), State.COMPLETED, "");
            });
            return job;
        } catch (RejectedExecutionException e) {
            throw full("the server is going", e);
        } finally {
            admission.unlock();
        }
    }

    private void requireRoom(Job job) {
        List<Job> open =
                jobs.all().stream().filter(each -> each.ended().isEmpty()).toList();
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

    private Job failed(Job job, Throwable failure) {
        if (failure instanceof FeatureStoreException known) {
            String name = job.dataset().getSpec().getName();
            LOG.warn("Dataset job {} of '{}' failed: {}", job.id(), name, FeastErrors.loggedOfRows(known));
            LOG.debug("Why dataset job {} of '{}' failed", job.id(), name, known);
            return job.ended(clock.instant(), State.FAILED, told(known, job.id()));
        }
        LOG.error("Dataset job {} failed", job.id(), failure);
        return job.ended(clock.instant(), State.FAILED, inLog("The server failed", job.id()));
    }

    /** Others than the one who sent the rows may ask: what could quote a value of theirs is left to the log at level DEBUG. */
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
        return "%s; the log of the registry server has more, at level DEBUG all of it, with the number %s of this job"
                .formatted(what, id);
    }

    /** @throws NotFoundException if there is none of that number, or no longer */
    Job job(String id) {
        return jobs.find(id).orElseThrow(() -> new NotFoundException("Dataset job", id));
    }

    /** All that are known, the newest first. */
    List<Job> all() {
        return jobs.all().reversed();
    }

    @Override
    public void close() {
        jobs.close();
    }
}

package dev.manciple.server.registry;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.Permission.Action;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.DatasetHome;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.auth.AccessChecks;
import dev.manciple.server.auth.Caller;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsResponse;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetSpec;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetStorage.KindCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datasets made of historical features by jobs of this server, and their first rows (Feast: registry, 12). A dataset is a Parquet
 * file of the repository and an entry of the registry, which is written last. Thread-safe; borrows what it is given. Closing
 * stops the jobs, which then leave neither.
 */
public final class Datasets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);

    private static final String STORAGE_PATH = "storage_path";
    private static final int ROWS = 10;
    private static final int MOST_ROWS = 1_000;

    private final StoredRegistry stored;
    private final RegistryWrites writes;
    private final Optional<DatasetHome> home;
    private final ServerOptions.Limits limits;
    private final InstantSource clock;
    private final DatasetJobs jobs;
    private volatile boolean closed;

    /**
     * @param home empty for a server that can make none
     * @param clock the source of the times of jobs
     */
    public Datasets(
            StoredRegistry stored, Optional<DatasetHome> home, ServerOptions.Limits limits, InstantSource clock) {
        this.stored = stored;
        this.writes = new RegistryWrites(stored, clock);
        this.home = home;
        this.limits = limits;
        this.clock = clock;
        this.jobs = new DatasetJobs(clock);
    }

    private RegistryAccess access(Caller caller) {
        return new RegistryAccess(caller, stored.stored());
    }

    /** Starts a job. Whatever can be told to be wrong before it runs is an error of this call. */
    CreateDatasetFromRetrievalResponse create(Caller caller, CreateDatasetFromRetrievalRequest request) {
        DatasetHome place = home();
        String project = project(request.getProject(), place);
        SavedDataset described = DatasetOrder.described(request, project);
        Registry registry = stored.stored();
        new RegistryAccess(caller, registry).requireApply(RegistryList.SAVED_DATASETS, project, described);
        FeatureStore store = store(place);
        FeatureSelection features = DatasetOrder.features(request);
        new AccessChecks(store, store::registry).read(caller, features, Action.READ_OFFLINE);
        DatasetFiles files = new DatasetFiles(place.repository());
        Optional<Path> entities = DatasetOrder.entityFile(request, files);
        entities.ifPresent(file -> requireReadable(caller, registry, files, file));
        Path target = files.target(request.getStoragePath(), STORAGE_PATH, registry);
        Place where = new Place(files, target, request.getStoragePath().strip(), request.getAllowOverwrite());
        replaces(where, registry, described.getSpec());
        DatasetOrder order = DatasetOrder.of(request, described, store, entities, limits, clock.instant());
        DatasetJobs.Job job = jobs.submit(order.dataset(), target, () -> make(caller, project, order, store, where));
        return CreateDatasetFromRetrievalResponse.newBuilder()
                .setJobId(job.id())
                .setStatus(job.state().word())
                .build();
    }

    private DatasetHome home() {
        return home.orElseThrow(() -> new UnsupportedException(
                "This registry server", "DATASETS", "datasets: it was started without a feature store"));
    }

    private static String project(String asked, DatasetHome place) {
        String project = asked.isBlank() ? place.project() : asked.strip();
        if (!project.equals(place.project())) {
            throw new InvalidRequestException(
                    "This server makes and reads datasets of project '%s', whose stores its feature_store.yaml names, not of '%s'"
                            .formatted(place.project(), project));
        }
        return project;
    }

    private static FeatureStore store(DatasetHome place) {
        try {
            return place.store().get();
        } catch (FeatureStoreException e) {
            // What is wrong with a configuration is no caller's business.
            LOG.error("The feature store for datasets cannot be opened", e);
            throw new ConfigException(
                    "feature_store.yaml",
                    List.of(
                            "The stores that datasets are made with cannot be opened; the server's log has the reason"));
        }
    }

    /**
     * Where a dataset goes.
     *
     * @param path of the target, as the caller has it
     */
    private record Place(DatasetFiles files, Path target, String path, boolean overwrite) {}

    /**
     * A file of another dataset is read only by those who may read that dataset, and one of a data source by nobody whose
     * permissions are asked for: they are for views.
     */
    private static void requireReadable(Caller caller, Registry registry, DatasetFiles files, Path file) {
        RegistryAccess access = new RegistryAccess(caller, registry);
        for (SavedDataset dataset : files.at(registry, file)) {
            access.require(RegistryList.SAVED_DATASETS, dataset.getSpec().getProject(), dataset, Action.READ_OFFLINE);
        }
        Optional<String> source = files.sourceOf(registry, file);
        if (source.isPresent() && !caller.unrestricted()) {
            throw new AccessException(
                    AccessException.Reason.DENIED,
                    "The file is read by data source '%s', whose rows are read through feature views only"
                            .formatted(source.get()));
        }
    }

    /** Whether there is a file of the same dataset to be replaced. Others' files are never. */
    private static boolean replaces(Place where, Registry registry, SavedDatasetSpec asked) {
        requireName(where, registry, asked);
        if (!Files.exists(where.target())) {
            return false;
        }
        if (!where.overwrite()) {
            throw new InvalidRequestException("Saved dataset location %s already exists. Choose another %s"
                    .formatted(where.path(), STORAGE_PATH));
        }
        // Whoever may change an entry of the registry can have it name the file of another.
        List<SavedDataset> owners = where.files().at(registry, where.target());
        if (owners.size() != 1
                || !owners.getFirst().getSpec().getName().equals(asked.getName())
                || !owners.getFirst().getSpec().getProject().equals(asked.getProject())) {
            throw new InvalidRequestException(
                    "Saved dataset location %s already exists, and is not that of saved dataset '%s', which alone may be overwritten. Choose another %s"
                            .formatted(where.path(), asked.getName(), STORAGE_PATH));
        }
        return true;
    }

    private static void requireName(Place where, Registry registry, SavedDatasetSpec asked) {
        if (!where.overwrite()
                && RegistryList.SAVED_DATASETS
                        .find(registry, asked.getProject(), asked.getName())
                        .isPresent()) {
            throw new InvalidRequestException(
                    "Saved dataset '%s' exists already in project '%s'. Choose another name, or say allow_overwrite"
                            .formatted(asked.getName(), asked.getProject()));
        }
    }

    /** What was allowed when the job was taken may no longer be when its turn comes. */
    private void make(Caller caller, String project, DatasetOrder order, FeatureStore store, Place where) {
        SavedDataset dataset = order.timed();
        Registry registry = stored.stored();
        new RegistryAccess(caller, registry).requireApply(RegistryList.SAVED_DATASETS, project, dataset);
        boolean replace = replaces(where, registry, dataset.getSpec());
        boolean written = false;
        try {
            where.files().makeFolder(where.target());
            store.write(order.job(), where.target(), replace);
            written = true;
            register(caller, project, dataset, where, replace);
        } catch (IOException e) {
            throw new StoreException(
                    "The registry server", "make the folder of datasets", true, StoreException.Outcome.NOT_APPLIED, e);
        } catch (RuntimeException e) {
            boolean perhapsDone =
                    e instanceof StoreException failure && failure.outcome() == StoreException.Outcome.MAYBE;
            // A file that is perhaps there and will not be registered, or is there and surely was not.
            if (!replace && written != perhapsDone) {
                delete(where.target());
            }
            throw e;
        }
    }

    private void register(Caller caller, String project, SavedDataset dataset, Place where, boolean replaced) {
        if (closed && !replaced) {
            throw new StoreException(
                    "The registry server",
                    "register the dataset",
                    true,
                    StoreException.Outcome.NOT_APPLIED,
                    new IllegalStateException("it is going"));
        }
        writes.put(
                caller,
                RegistryList.SAVED_DATASETS,
                project,
                dataset,
                registry -> requireName(where, registry, dataset.getSpec()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The file {} of a dataset that was not registered cannot be deleted", file, e);
        }
    }

    /** The first rows of a dataset; as many as there are in the answer is what Feast calls the total, too. */
    GetDatasetDataResponse data(Caller caller, GetDatasetDataRequest request) {
        DatasetHome place = home();
        String project = project(request.getProject(), place);
        SavedDataset dataset =
                access(caller).get(RegistryList.SAVED_DATASETS, project, request.getName(), Action.READ_OFFLINE);
        int limit = request.getLimit() > 0 ? request.getLimit() : ROWS;
        if (limit > MOST_ROWS) {
            throw new InvalidRequestException("limit may be %d at most, was %d".formatted(MOST_ROWS, limit));
        }
        KindCase kind = dataset.getSpec().getStorage().getKindCase();
        if (kind != KindCase.FILE_STORAGE) {
            throw new InvalidRequestException(
                    "Saved dataset '%s' has %s; this server reads datasets that are kept in files of its repository"
                            .formatted(request.getName(), kind == KindCase.KIND_NOT_SET ? "no storage" : kind));
        }
        DatasetFiles files = new DatasetFiles(place.repository());
        Path file = files.existing(
                dataset.getSpec().getStorage().getFileStorage().getUri(),
                "The file of saved dataset '%s'".formatted(request.getName()));
        requireReadable(caller, stored.stored(), files, file);
        return DatasetRows.first(store(place), file, limit, limits.bodyBytes());
    }

    GetDatasetJobStatusResponse status(Caller caller, String id) {
        DatasetJobs.Job job = jobs.job(id);
        RegistryAccess access = access(caller);
        access.require(RegistryList.SAVED_DATASETS, project(job), asked(access, job), Action.DESCRIBE);
        return told(job);
    }

    ListDatasetJobsResponse list(Caller caller, ListDatasetJobsRequest request) {
        Optional<DatasetJobs.State> state = request.getStatusFilter().isBlank()
                ? Optional.empty()
                : Optional.of(DatasetJobs.State.of(request.getStatusFilter().strip()));
        RegistryAccess access = access(caller);
        return ListDatasetJobsResponse.newBuilder()
                .addAllJobs(jobs.all().stream()
                        .filter(job -> request.getProject().isBlank()
                                || request.getProject().strip().equals(project(job)))
                        .filter(job -> state.isEmpty() || state.get() == job.state())
                        .filter(job -> access.may(
                                RegistryList.SAVED_DATASETS, project(job), asked(access, job), Action.DESCRIBE))
                        .map(Datasets::told)
                        .toList())
                .build();
    }

    private static String project(DatasetJobs.Job job) {
        return job.dataset().getSpec().getProject();
    }

    /** The dataset a job is about: as it is registered, else as it was ordered. */
    private static SavedDataset asked(RegistryAccess access, DatasetJobs.Job job) {
        return access.find(
                        RegistryList.SAVED_DATASETS,
                        project(job),
                        job.dataset().getSpec().getName())
                .orElse(job.dataset());
    }

    private static GetDatasetJobStatusResponse told(DatasetJobs.Job job) {
        return GetDatasetJobStatusResponse.newBuilder()
                .setJobId(job.id())
                .setDatasetName(job.dataset().getSpec().getName())
                .setProject(project(job))
                .setStatus(job.state().word())
                .setCreatedAt(job.created().toString())
                .setCompletedAt(job.ended().map(Object::toString).orElse(""))
                .setError(job.error())
                .build();
    }

    @Override
    public void close() {
        closed = true;
        jobs.close();
    }
}

package dev.manciple.server.registry;

import com.google.protobuf.util.Timestamps;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.RetrievalOptions;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.TimeReader;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.wire.proto.DataFormatProto.FileFormat;
import dev.manciple.wire.proto.DataSourceProto.DataSource.FileOptions;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetMeta;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetSpec;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDatasetStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A dataset that a request asks for, understood and planned: what will run, and what will be registered of it. Nothing has run.
 *
 * @param entities the rows features are joined to
 * @param job gives the rows of the dataset
 * @param dataset as it is registered, save the times of its rows
 */
record DatasetOrder(Spine.Rows entities, RetrievalJob job, SavedDataset dataset) {
    private static final String INLINE = "inline";
    private static final String REFERENCE = "reference";
    private static final String FILE = "file";

    /** A description has names and tags; it is kept as long as its job. */
    private static final int DESCRIPTION_BYTES = 1 << 18;

    /** Of the years 1 to 9999, which a timestamp of protobuf can tell; in microseconds. */
    private static final long FIRST_TIME = micros("0001-01-01T00:00:00Z");

    private static final long LAST_TIME = micros("9999-12-31T23:59:59Z");

    /**
     * The features a request asks for; of a service and a list the service counts, as in Feast.
     *
     * @throws InvalidRequestException if it asks for none
     */
    static FeatureSelection features(CreateDatasetFromRetrievalRequest request) {
        if (!request.getFeatureServiceName().isBlank()) {
            return new FeatureSelection.Service(request.getFeatureServiceName().strip());
        }
        if (request.getFeaturesCount() == 0) {
            throw new InvalidRequestException("The request needs feature_service_name or features");
        }
        return FeatureSelection.parse(request.getFeaturesList());
    }

    /** What is asked of the caller's permissions: the dataset by name, project and tags. */
    static SavedDataset described(CreateDatasetFromRetrievalRequest request, String project) {
        String name = request.getName().strip();
        if (name.isEmpty()) {
            throw new InvalidRequestException("The request does not name the dataset");
        }
        if (!request.getStorageType().isBlank()
                && !request.getStorageType().strip().equals(FILE)) {
            throw new InvalidRequestException(
                    "Dataset '%s' cannot be kept in storage_type '%s': this server keeps datasets in files, storage_type '%s'"
                            .formatted(name, request.getStorageType().strip(), FILE));
        }
        SavedDatasetSpec.Builder spec = SavedDatasetSpec.newBuilder()
                .setName(name)
                .setProject(project)
                .addAllFeatures(request.getFeaturesList())
                .setFeatureServiceName(request.getFeatureServiceName().strip())
                .setStorage(SavedDatasetStorage.newBuilder()
                        .setFileStorage(FileOptions.newBuilder()
                                .setUri(request.getStoragePath().strip())
                                .setFileFormat(FileFormat.newBuilder()
                                        .setParquetFormat(FileFormat.ParquetFormat.getDefaultInstance()))))
                .putAllTags(request.getTagsMap());
        SavedDataset dataset = SavedDataset.newBuilder()
                .setSpec(spec)
                .setMeta(SavedDatasetMeta.getDefaultInstance())
                .build();
        if (dataset.getSerializedSize() > DESCRIPTION_BYTES) {
            throw new InvalidRequestException("The description of dataset '%s' has %d bytes; %d are allowed"
                    .formatted(name, dataset.getSerializedSize(), DESCRIPTION_BYTES));
        }
        return dataset;
    }

    /**
     * Understands a request.
     *
     * @param entityFile the file of the entity rows, where the caller may read it; empty for rows of the request
     * @param limits of rows that come with the request
     */
    static DatasetOrder of(
            CreateDatasetFromRetrievalRequest request,
            SavedDataset described,
            FeatureStore store,
            Optional<Path> entityFile,
            ServerOptions.Limits limits,
            Instant now) {
        FeatureSelection features = features(request);
        Asked asked = new Asked(store.registry());
        asked.add(features);
        Spine.Rows entities = entities(request, features, asked, store, entityFile, limits, now);
        RetrievalJob job = store.historicalFeatures(entities, features, RetrievalOptions.DEFAULT);
        SavedDataset.Builder dataset = described.toBuilder();
        dataset.getSpecBuilder()
                .clearFeatures()
                .addAllFeatures(asked.references)
                .addAllJoinKeys(entities.schema().getFields().stream()
                        .map(org.apache.arrow.vector.types.pojo.Field::getName)
                        .filter(asked.joinKeys::contains)
                        .toList());
        return new DatasetOrder(entities, job, dataset.build());
    }

    private static Spine.Rows entities(
            CreateDatasetFromRetrievalRequest request,
            FeatureSelection features,
            Asked asked,
            FeatureStore store,
            Optional<Path> entityFile,
            ServerOptions.Limits limits,
            Instant now) {
        Spine rows = switch (type(request)) {
            case INLINE -> {
                Set<String> typed = new LinkedHashSet<>(asked.joinKeys);
                typed.addAll(asked.requested);
                yield store.entityRows(new InlineEntities(request, typed, limits).rows(now), features);
            }
            case REFERENCE -> {
                if (!request.getExtraColumns().isBlank()) {
                    throw new InvalidRequestException(
                            "extra_columns go with rows of the request: put the columns into the file of entity_source_path");
                }
                yield store.entityRows(entityFile.orElseThrow(), features);
            }
            default ->
                throw new InvalidRequestException(
                        "entity_source_type must be %s or %s, was '%s'".formatted(INLINE, REFERENCE, type(request)));
        };
        if (rows instanceof Spine.Rows known) {
            if (!known.timeColumn().equals(InlineEntities.TIME)) {
                // Else nobody could tell it from times among the features.
                throw new InvalidRequestException(
                        "The file of entity_source_path has its times in '%s'; rename it to '%s'"
                                .formatted(known.timeColumn(), InlineEntities.TIME));
            }
            return known;
        }
        throw new InternalException("Entity rows came as " + rows.getClass().getSimpleName());
    }

    /** The file of the entity rows, unless they come with the request. */
    static Optional<Path> entityFile(CreateDatasetFromRetrievalRequest request, DatasetFiles files) {
        return type(request).equals(REFERENCE)
                ? Optional.of(files.existing(request.getEntitySourcePath(), "entity_source_path"))
                : Optional.empty();
    }

    private static String type(CreateDatasetFromRetrievalRequest request) {
        String type = request.getEntitySourceType().strip();
        return type.isEmpty() ? (request.getEntitySourcePath().isBlank() ? INLINE : REFERENCE) : type;
    }

    /** What a selection means by names. */
    private static final class Asked {
        private final RegistrySnapshot registry;
        /** {@code view:feature}, under the names of the answer. */
        private final List<String> references = new ArrayList<>();

        private final Set<String> joinKeys = new LinkedHashSet<>();
        private final Set<String> requested = new LinkedHashSet<>();

        Asked(RegistrySnapshot registry) {
            this.registry = registry;
        }

        /** Names that are not registered are left to who plans the retrieval. */
        void add(FeatureSelection features) {
            List<Projection> projections = switch (features) {
                case FeatureSelection.Views views -> views.projections();
                case FeatureSelection.Service service ->
                    registry.services().containsKey(service.name())
                            ? Objects.requireNonNull(registry.services().get(service.name()))
                                    .features()
                            : List.of();
            };
            for (Projection projection : projections) {
                registry.view(projection.view()).ifPresent(view -> {
                    List<String> names = projection.features().isEmpty()
                            ? view.features().stream().map(Field::name).toList()
                            : projection.features();
                    names.forEach(name -> references.add(projection.outputName() + ":" + name));
                    addColumns(view, projection.joinKeyMap());
                });
            }
        }

        private void addColumns(AnyFeatureView view, Map<String, String> joinKeyMap) {
            switch (view) {
                case FeatureView stored ->
                    stored.joinKeys().forEach(key -> joinKeys.add(joinKeyMap.getOrDefault(key, key)));
                case OnDemandFeatureView computed -> {
                    for (DataSource.Request request : computed.requests()) {
                        request.schema().forEach(field -> requested.add(field.name()));
                    }
                    for (Projection input : computed.views()) {
                        registry.view(input.view())
                                .filter(FeatureView.class::isInstance)
                                .ifPresent(read -> addColumns(read, input.joinKeyMap()));
                    }
                }
            }
        }
    }

    /**
     * The dataset with the first and the last time of its entity rows, which are read for it. Times beyond those that can be told are
     * left out of account.
     */
    SavedDataset timed() {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        try (ArrowReader reader = entities.reader().get()) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            TimeReader times = ArrowValues.times(root.getVector(entities.timeColumn()), reader);
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    long time = times.read(row);
                    if (time >= FIRST_TIME && time <= LAST_TIME) {
                        first = Math.min(first, time);
                        last = Math.max(last, time);
                    }
                }
            }
        } catch (IOException e) {
            throw new StoreException(
                    "The registry server", "read the entity rows", true, StoreException.Outcome.NOT_APPLIED, e);
        }
        SavedDataset.Builder timed = dataset.toBuilder();
        if (first <= last) {
            timed.getMetaBuilder()
                    .setMinEventTimestamp(Timestamps.fromMicros(first))
                    .setMaxEventTimestamp(Timestamps.fromMicros(last));
        }
        return timed.build();
    }

    private static long micros(String time) {
        return Instant.parse(time).getEpochSecond() * 1_000_000L;
    }
}

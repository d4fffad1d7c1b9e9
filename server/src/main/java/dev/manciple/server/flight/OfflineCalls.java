package dev.manciple.server.flight;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.PushReport;
import dev.manciple.RetrievalOptions;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.retrieve.EntityRows;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Carries out what clients ask of the offline store, by the registry as it is now. Thread-safe; holds nothing of a call. */
final class OfflineCalls {
    private final FeatureStore store;
    private final BufferAllocator allocator;
    private final Path repository;

    /** @param repository the folder relative paths of files start at */
    OfflineCalls(FeatureStore store, BufferAllocator allocator, Path repository) {
        this.store = store;
        this.allocator = allocator;
        this.repository = repository;
    }

    /**
     * Plans a call that is answered with rows. Runs nothing.
     *
     * @param rows the file of those that came with it, which is read when the answer is opened
     */
    Answer answer(Command.Get command, Optional<Path> rows) {
        return switch (command) {
            case Command.Historical historical -> Answer.of(historical(historical, rows));
            case Command.Pull pull -> Answer.of(pull(pull));
            case Command.Columns columns ->
                Answer.columnsOf(store.offlineStore().describe(batch(columns.source())));
        };
    }

    /** The columns of the rows that come with a call that are join keys declared as whole numbers. */
    Set<String> wholeNumberKeys(Command command) {
        return switch (command) {
            case Command.Historical historical -> wholeNumberKeys(historical);
            case Command.Persist persist -> wholeNumberKeys(persist.rows());
            case Command.Pull pull -> Set.of();
            case Command.Columns columns -> Set.of();
            case Command.WriteBatch write -> Set.of();
            case Command.WriteLogs logs -> Set.of();
            case Command.Validate validate -> Set.of();
        };
    }

    private Set<String> wholeNumberKeys(Command.Historical command) {
        RegistrySnapshot registry = store.registry();
        Set<String> columns = new TreeSet<>();
        for (Command.View view : command.views()) {
            addWholeNumberKeys(registry, view.name(), joinKeyMap(view, registry), columns);
        }
        command.features().stream().map(FeatureRef::view).distinct().forEach(name -> {
            if (registry.views().get(name) instanceof OnDemandFeatureView computed) {
                computed.views()
                        .forEach(input -> addWholeNumberKeys(registry, input.view(), input.joinKeyMap(), columns));
            }
        });
        return columns;
    }

    private static void addWholeNumberKeys(
            RegistrySnapshot registry, String view, Map<String, String> joinKeyMap, Set<String> columns) {
        if (registry.views().get(view) instanceof FeatureView known) {
            known.entityColumns().stream()
                    .filter(key -> key.type() == ValueType.Scalar.INT32 || key.type() == ValueType.Scalar.INT64)
                    .forEach(key -> columns.add(joinKeyMap.getOrDefault(key.name(), key.name())));
        }
    }

    /**
     * Carries out a call that is not answered with rows.
     *
     * @param rows the file of those that came with it
     */
    void carryOut(Command.Put command, Optional<Path> rows) {
        switch (command) {
            case Command.WriteBatch write -> write(write, rows);
            case Command.WriteLogs logs -> writeLogs(logs, rows);
            case Command.Persist persist -> persist(persist, rows);
            case Command.Validate validate -> store.offlineStore().describe(batch(validate.source()));
        }
    }

    private RetrievalJob historical(Command.Historical command, Optional<Path> rows) {
        RegistrySnapshot registry = store.registry();
        if (!command.project().equals(registry.project())) {
            throw new InvalidRequestException("This server serves project '%s', not '%s'. Name it in feature_store.yaml"
                    .formatted(registry.project(), command.project()));
        }
        FeatureSelection features = features(command, registry);
        return store.historicalFeatures(
                spine(command, rows, features),
                features,
                new RetrievalOptions(command.fullFeatureNames(), command.filterByCreated()));
    }

    private Spine spine(Command.Historical command, Optional<Path> rows, FeatureSelection features) {
        if (rows.isPresent()) {
            Path file = rows.get();
            return command.timeColumn()
                    .<Spine>map(time -> new Spine.Rows(schema(file), time, () -> read(file), rows))
                    .orElseGet(() -> store.entityRows(file, features));
        }
        return command.sql()
                .<Spine>map(sql -> command.timeColumn()
                        .map(time -> new Spine.Query(sql, time))
                        .orElseGet(() -> EntityRows.sql(sql)))
                .orElseGet(() -> store.range(
                        features, command.start().orElse(null), command.end().orElse(null)));
    }

    /** Views in the order their features are first asked for, as in Feast. What names no view sent is computed on demand. */
    private static FeatureSelection features(Command.Historical command, RegistrySnapshot registry) {
        Map<String, Command.View> views = new LinkedHashMap<>();
        command.views().forEach(view -> views.put(view.alias().orElse(view.name()), view));
        Map<String, List<String>> features = new LinkedHashMap<>();
        for (FeatureRef feature : command.features()) {
            features.computeIfAbsent(feature.view(), view -> new ArrayList<>()).add(feature.feature());
        }
        List<Projection> projections = new ArrayList<>();
        features.forEach((name, asked) -> {
            Command.View view = views.get(name);
            projections.add(
                    view == null
                            ? new Projection(name, Optional.empty(), asked, Map.of())
                            : new Projection(view.name(), view.alias(), asked, joinKeyMap(view, registry)));
        });
        return new FeatureSelection.Views(projections);
    }

    /** Feast's clients do not send it: it is that of the service that calls the view by this alias. */
    private static Map<String, String> joinKeyMap(Command.View view, RegistrySnapshot registry) {
        return view.joinKeyMap()
                .orElseGet(() -> registry.services().values().stream()
                        .flatMap(service -> service.features().stream())
                        .filter(projection -> view.alias().isPresent()
                                && projection.alias().equals(view.alias())
                                && projection.view().equals(view.name()))
                        .map(Projection::joinKeyMap)
                        .findFirst()
                        .orElse(Map.of()));
    }

    private RetrievalJob pull(Command.Pull command) {
        return new PulledJob(command, registered(command.source()), store.offlineStore());
    }

    private DataSource.Batch registered(String name) {
        DataSource source = store.registry().sources().get(name);
        if (source == null) {
            throw new NotFoundException("Data source", name, "Apply it first; the server reads registered ones only.");
        }
        return batch(source);
    }

    private static DataSource.Batch batch(DataSource source) {
        return source.batch()
                .orElseThrow(() -> new InvalidRequestException(
                        "Data source '%s' has no batch source, so there is no history to read"
                                .formatted(source.name())));
    }

    private void write(Command.WriteBatch command, Optional<Path> rows) {
        reading(rows, reader -> {
            PushReport report = store.writeOffline(command.view(), reader);
            for (FeatureStoreException failure : report.failedViews().values()) {
                throw failure;
            }
        });
    }

    private void writeLogs(Command.WriteLogs command, Optional<Path> rows) {
        FeatureService service = store.registry().services().get(command.service());
        if (service == null) {
            throw new NotFoundException("Feature service", command.service());
        }
        FeatureService.Logging logging = service.logging()
                .orElseThrow(() -> new InvalidRequestException(
                        "Feature service '%s' has no logging_config, which tells where its logs go"
                                .formatted(service.name())));
        reading(rows, reader -> store.offlineStore().writeLoggedFeatures(logging.sink(), reader));
    }

    private void persist(Command.Persist command, Optional<Path> rows) {
        DataSource.Batch target = registered(command.target());
        switch (command.rows()) {
            case Command.Historical historical -> persist(historical(historical, rows), target, command.overwrite());
            case Command.Pull pull -> persist(pull(pull), target, command.overwrite());
            case Command.Columns columns ->
                throw new InvalidRequestException("The columns of a source are nothing to persist");
        }
    }

    /** What the store cannot write, because it is computed here, is written to the file from here. */
    private void persist(RetrievalJob job, DataSource.Batch target, boolean overwrite) {
        try {
            job.persist(target, overwrite);
        } catch (UnsupportedException e) {
            if (!(target.location() instanceof SourceLocation.Files files)) {
                throw e;
            }
            store.write(job, repository.resolve(files.uri()), overwrite);
        }
    }

    private void reading(Optional<Path> rows, Consumer<ArrowReader> reading) {
        Path file = rows.orElseThrow(() -> new InvalidRequestException("The call came without rows to write"));
        try (ArrowReader reader = read(file)) {
            reading.accept(reader);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Schema schema(Path file) {
        try (ArrowReader reader = read(file)) {
            return reader.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private ArrowReader read(Path file) {
        try {
            return new ArrowStreamReader(FileChannel.open(file), allocator);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static StoreException unreadable(IOException e) {
        return new StoreException(
                "The offline server", "read the rows sent", true, StoreException.Outcome.NOT_APPLIED, e);
    }
}

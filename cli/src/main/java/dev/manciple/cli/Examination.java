package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.ViewChanges;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The checks of {@code doctor}, from the JVM outwards. What rests on something broken is not looked at. */
final class Examination {
    private static final int REQUIRED_JAVA = 25;
    private static final String ARROW_FLAG = "--add-opens=java.base/java.nio=ALL-UNNAMED";

    private final Session session;
    private final List<Diagnosis> diagnoses = new ArrayList<>();

    Examination(Session session) {
        this.session = session;
    }

    List<Diagnosis> run() {
        java();
        boolean flags = flags();
        Optional<RepoConfig> config = configuration();
        if (flags && config.isPresent()) {
            List<Definition> definitions = definitions();
            registry().ifPresent(snapshot -> stores(config.get(), snapshot, definitions));
        }
        return List.copyOf(diagnoses);
    }

    private void java() {
        Runtime.Version version = Runtime.version();
        String found = "%s, %s".formatted(version, System.getProperty("java.home"));
        diagnoses.add(
                version.feature() >= REQUIRED_JAVA
                        ? Diagnosis.healthy("Java", found)
                        : new Diagnosis(
                                "Java",
                                true,
                                found,
                                Optional.of("It works, but Manciple is tested on Java %d: install it or set JAVA_HOME."
                                        .formatted(REQUIRED_JAVA))));
    }

    private boolean flags() {
        boolean open = Object.class.getModule().isOpen("java.nio", BufferAllocator.class.getModule());
        diagnoses.add(
                open
                        ? Diagnosis.healthy("JVM flags", ARROW_FLAG)
                        : Diagnosis.problem(
                                "JVM flags",
                                "Arrow cannot reach into java.nio",
                                "Start Manciple by its launcher, or add " + ARROW_FLAG));
        return open;
    }

    private Optional<RepoConfig> configuration() {
        try {
            RepoConfig config = session.config();
            diagnoses.add(new Diagnosis(
                    "Configuration",
                    true,
                    "%s, project '%s'".formatted(session.shown(session.yamlFile()), config.project()),
                    config.notices().isEmpty() ? Optional.empty() : Optional.of(String.join(" ", config.notices()))));
            return Optional.of(config);
        } catch (FeatureStoreException e) {
            diagnoses.add(problem("Configuration", e, "Correct the file; docs/configuration.md has every key."));
            return Optional.empty();
        }
    }

    private List<Definition> definitions() {
        try {
            Definitions definitions = session.readDefinitions();
            diagnoses.add(
                    definitions.pythonOnly()
                            ? new Diagnosis(
                                    "Definitions",
                                    true,
                                    "in Python only (%s), which Manciple does not run"
                                            .formatted(String.join(", ", definitions.pythonFiles())),
                                    Optional.of(
                                            "Apply them with Feast; everything but plan and apply works from the registry."))
                            : Diagnosis.healthy("Definitions", Counts.of(definitions.all())));
            return definitions.all();
        } catch (FeatureStoreException e) {
            diagnoses.add(
                    problem("Definitions", e, "Correct the files; docs/definitions.md tells how they are written."));
            return List.of();
        }
    }

    private Optional<RegistrySnapshot> registry() {
        try (FeatureStore store = session.open()) {
            RegistrySnapshot snapshot = store.registry();
            diagnoses.add(
                    snapshot.version().isBlank()
                            ? new Diagnosis(
                                    "Registry",
                                    true,
                                    "nothing of project '%s' yet".formatted(snapshot.project()),
                                    Optional.of("Run '%s apply'.".formatted(session.program())))
                            : Diagnosis.healthy(
                                    "Registry",
                                    "%d feature views, %d feature services"
                                            .formatted(
                                                    snapshot.views().size(),
                                                    snapshot.services().size())));
            return Optional.of(snapshot);
        } catch (FeatureStoreException e) {
            diagnoses.add(
                    problem("Registry", e, "Check 'registry' in feature_store.yaml, and that its place can be read."));
            return Optional.empty();
        }
    }

    private void stores(RepoConfig config, RegistrySnapshot snapshot, List<Definition> definitions) {
        Stores stores = new Stores(new StoreTypes(session.plugins()));
        try (BufferAllocator allocator = new RootAllocator()) {
            LocalStoreContext context = LocalStoreContext.of(config.project(), config.root(), allocator, stores);
            offline(config, sources(snapshot, definitions), stores, context);
            config.onlineStore()
                    .ifPresentOrElse(
                            online -> online(config, online, snapshot, stores, context),
                            () -> diagnoses.add(Diagnosis.healthy("Online store", "none, as configured")));
        }
    }

    /** Those of the registry and, by other names, those that are yet to be applied. */
    private static Collection<DataSource.Batch> sources(RegistrySnapshot snapshot, List<Definition> definitions) {
        Map<String, DataSource.Batch> sources = new LinkedHashMap<>();
        Stream.concat(snapshot.views().values().stream(), definitions.stream())
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .flatMap(view -> view.batchSource().stream())
                .forEach(source -> sources.putIfAbsent(source.name(), source));
        return sources.values();
    }

    private void offline(
            RepoConfig config, Collection<DataSource.Batch> sources, Stores stores, LocalStoreContext context) {
        try (OfflineStore store = stores.offlineStore(config.where("offline_store"), config.offlineStore(), context)) {
            int problems = 0;
            for (DataSource.Batch source : sources) {
                problems += describe(store, source) ? 0 : 1;
            }
            if (problems == 0) {
                diagnoses.add(Diagnosis.healthy(
                        "Offline store",
                        "%s, %d sources can be read"
                                .formatted(config.offlineStore().type(), sources.size())));
            }
        } catch (FeatureStoreException e) {
            diagnoses.add(problem("Offline store", e, "Check 'offline_store' in feature_store.yaml."));
        }
    }

    private boolean describe(OfflineStore store, DataSource.Batch source) {
        try {
            store.describe(source);
            return true;
        } catch (FeatureStoreException e) {
            diagnoses.add(problem("Offline store", e, "Check source '%s'.".formatted(source.name())));
            return false;
        }
    }

    private void online(
            RepoConfig config,
            StoreConfig online,
            RegistrySnapshot snapshot,
            Stores stores,
            LocalStoreContext context) {
        List<FeatureView> served = snapshot.views().values().stream()
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .filter(FeatureView::online)
                .toList();
        try (OnlineStore store = stores.onlineStore(config.where("online_store"), online, context)) {
            List<InfraChange> missing = store.plan(new ViewChanges(served, List.of()));
            diagnoses.add(
                    missing.isEmpty()
                            ? Diagnosis.healthy("Online store", "%s, %d views".formatted(online.type(), served.size()))
                            : Diagnosis.problem(
                                    "Online store",
                                    "%s, but %s '%s' is missing"
                                            .formatted(
                                                    online.type(),
                                                    missing.getFirst().kind(),
                                                    missing.getFirst().name()),
                                    "Run '%s apply'.".formatted(session.program())));
        } catch (FeatureStoreException e) {
            diagnoses.add(problem("Online store", e, "Check 'online_store' in feature_store.yaml."));
        }
    }

    private static Diagnosis problem(String subject, FeatureStoreException failure, String remedy) {
        return Diagnosis.problem(subject, String.valueOf(failure.getMessage()), remedy);
    }
}

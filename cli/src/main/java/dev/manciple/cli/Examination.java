package dev.manciple.cli;

import dev.manciple.error.ConfigException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The checks of {@code doctor}, from the JVM outwards. All that can be looked at is, whatever is broken beside it. */
final class Examination {
    private static final int REQUIRED_JAVA = 25;
    private static final String ARROW_FLAG = "--add-opens=java.base/java.nio=ALL-UNNAMED";

    private static final String CONFIGURATION = "Configuration";
    private static final String DEFINITIONS = "Definitions";
    private static final String REGISTRY = "Registry";
    private static final String OFFLINE_STORE = "Offline store";
    private static final String ONLINE_STORE = "Online store";

    private final Session session;
    private final Stores stores;
    private final List<Diagnosis> diagnoses = new ArrayList<>();
    private boolean pythonOnly;

    Examination(Session session) {
        this.session = session;
        this.stores = new Stores(new StoreTypes(session.plugins()));
    }

    List<Diagnosis> run() {
        java();
        boolean flags = flags();
        Optional<RepoConfig> config = configuration();
        List<Definition> definitions = definitions(config);
        if (flags && config.isPresent()) {
            beyondTheRepository(config.get(), definitions);
        } else {
            Stream.of(REGISTRY, OFFLINE_STORE, ONLINE_STORE)
                    .forEach(subject -> diagnoses.add(
                            Diagnosis.problem(subject, "not looked at", "Correct what is wrong above first.")));
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

    /** Empty where the file does not even say which stores are meant. */
    private Optional<RepoConfig> configuration() {
        try {
            RepoConfig checked = session.config(stores);
            diagnoses.add(new Diagnosis(
                    CONFIGURATION,
                    true,
                    "%s, project '%s'".formatted(session.shown(session.yamlFile()), checked.project()),
                    checked.notices().isEmpty() ? Optional.empty() : Optional.of(String.join(" ", checked.notices()))));
            return Optional.of(checked);
        } catch (FeatureStoreException e) {
            problems(CONFIGURATION, e, "Correct the file; docs/configuration.md has every key.");
            return despiteItsSections();
        }
    }

    /** What the file says where only its sections of stores are wrong: one of these keeps nobody from looking at another. */
    private Optional<RepoConfig> despiteItsSections() {
        try {
            return Optional.of(session.config());
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    private List<Definition> definitions(Optional<RepoConfig> config) {
        try {
            Definitions definitions = session.readDefinitions(config);
            pythonOnly = definitions.pythonOnly();
            diagnoses.add(
                    pythonOnly
                            ? new Diagnosis(
                                    DEFINITIONS,
                                    true,
                                    "in Python only (%s), which Manciple does not run"
                                            .formatted(String.join(", ", definitions.pythonFiles())),
                                    Optional.of(
                                            "Apply them with Feast; everything but plan and apply works from the registry."))
                            : Diagnosis.healthy(DEFINITIONS, Counts.of(definitions.all())));
            return definitions.all();
        } catch (FeatureStoreException e) {
            problems(DEFINITIONS, e, "Correct the files; docs/definitions.md tells how they are written.");
            return List.of();
        }
    }

    private void beyondTheRepository(RepoConfig config, List<Definition> definitions) {
        try (BufferAllocator allocator = new RootAllocator()) {
            LocalStoreContext context = LocalStoreContext.of(config.project(), config.root(), allocator, stores);
            RegistrySnapshot snapshot = registry(config, context);
            offline(config, sources(snapshot, definitions), context);
            config.onlineStore()
                    .ifPresentOrElse(
                            online -> online(config, online, snapshot, context),
                            () -> diagnoses.add(Diagnosis.healthy(ONLINE_STORE, "none, as configured")));
        }
    }

    /** What is registered; nothing where that cannot be told. */
    private RegistrySnapshot registry(RepoConfig config, LocalStoreContext context) {
        try (Registry registry = stores.registry(config.where("registry"), config.registry(), context)) {
            RegistrySnapshot snapshot = registry.load(config.project(), Optional.empty());
            diagnoses.add(
                    snapshot.version().isBlank()
                            ? new Diagnosis(
                                    REGISTRY,
                                    true,
                                    "nothing of project '%s' yet".formatted(snapshot.project()),
                                    Optional.of(adviceToApply()))
                            : Diagnosis.healthy(
                                    REGISTRY,
                                    "%s, %s"
                                            .formatted(
                                                    Counted.of(snapshot.views().size(), "feature view"),
                                                    Counted.of(
                                                            snapshot.services().size(), "feature service"))));
            return snapshot;
        } catch (RuntimeException e) {
            problem(REGISTRY, e, "Check 'registry' in feature_store.yaml, and that its place can be read.");
            return RegistrySnapshot.empty(config.project());
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

    private void offline(RepoConfig config, Collection<DataSource.Batch> sources, LocalStoreContext context) {
        try (OfflineStore store = stores.offlineStore(config.where("offline_store"), config.offlineStore(), context)) {
            if (sources.isEmpty()) {
                probe(config.offlineStore().type(), store);
            }
            int problems = 0;
            Set<String> told = new HashSet<>();
            for (DataSource.Batch source : sources) {
                problems += describe(store, source, told) ? 0 : 1;
            }
            if (problems == 0) {
                diagnoses.add(Diagnosis.healthy(
                        OFFLINE_STORE,
                        "%s, %s can be read"
                                .formatted(config.offlineStore().type(), Counted.of(sources.size(), "source"))));
            }
        } catch (RuntimeException e) {
            problem(OFFLINE_STORE, e, "Check 'offline_store' in feature_store.yaml.");
        }
    }

    /** Opens a store nothing else would open, where it can be asked a query. */
    private static void probe(String type, OfflineStore store) {
        if (store.capabilities().contains(OfflineCapability.QUERY_SPINE)) {
            try {
                store.describe(new DataSource.Batch(
                        "doctor",
                        type,
                        new SourceLocation.Query("SELECT 1 AS one"),
                        TimeColumns.INFERRED,
                        Map.of(),
                        About.NOTHING,
                        Extras.NONE));
            } catch (UnsupportedException | InvalidRequestException answered) {
                // A store that has no such sources says so once it is open.
                return;
            }
        }
    }

    /** @param told reasons why a store does not answer, which are told once for all sources they concern */
    private boolean describe(OfflineStore store, DataSource.Batch source, Set<String> told) {
        try {
            store.describe(source);
            return true;
        } catch (RuntimeException e) {
            boolean ofStore = e instanceof StoreException failure && failure.retryable();
            if (!ofStore) {
                problem(OFFLINE_STORE, e, "Check source '%s'.".formatted(source.name()));
            } else if (told.add(reason(e))) {
                problem(
                        OFFLINE_STORE,
                        e,
                        "Check 'offline_store' in feature_store.yaml, and source '%s'.".formatted(source.name()));
            }
            return false;
        }
    }

    /** Without the source, which the message names. */
    private static String reason(RuntimeException failure) {
        return String.valueOf(
                failure.getCause() == null
                        ? failure.getMessage()
                        : failure.getCause().getMessage());
    }

    private void online(RepoConfig config, StoreConfig online, RegistrySnapshot snapshot, LocalStoreContext context) {
        List<FeatureView> served = snapshot.views().values().stream()
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .filter(FeatureView::online)
                .toList();
        try (OnlineStore store = stores.onlineStore(config.where("online_store"), online, context)) {
            List<InfraChange> missing = store.plan(new ViewChanges(served, List.of()));
            diagnoses.add(
                    missing.isEmpty()
                            ? Diagnosis.healthy(
                                    ONLINE_STORE, "%s, %s".formatted(online.type(), Counted.of(served.size(), "view")))
                            : Diagnosis.problem(
                                    ONLINE_STORE,
                                    "%s, but %s '%s' is missing"
                                            .formatted(
                                                    online.type(),
                                                    missing.getFirst().kind(),
                                                    missing.getFirst().name()),
                                    adviceToApply()));
        } catch (RuntimeException e) {
            problem(ONLINE_STORE, e, "Check 'online_store' in feature_store.yaml.");
        }
    }

    private String adviceToApply() {
        return pythonOnly ? "Apply the repository with Feast." : "Run '%s apply'.".formatted(session.program());
    }

    /** What is wrong with a section of the configuration has been told where that was looked at. */
    private void problem(String subject, RuntimeException failure, String remedy) {
        diagnoses.add(
                failure instanceof ConfigException
                                && diagnoses.stream()
                                        .anyMatch(known -> known.subject().equals(CONFIGURATION) && !known.healthy())
                        ? Diagnosis.problem(subject, "not looked at", "Correct the configuration first.")
                        : Diagnosis.problem(subject, String.valueOf(failure.getMessage()), remedy));
    }

    /** One for each thing that is wrong. */
    private void problems(String subject, FeatureStoreException failure, String remedy) {
        List<String> findings = failure instanceof ConfigException config
                ? config.problems()
                : List.of(String.valueOf(failure.getMessage()));
        findings.forEach(finding -> diagnoses.add(Diagnosis.problem(subject, finding, remedy)));
    }
}

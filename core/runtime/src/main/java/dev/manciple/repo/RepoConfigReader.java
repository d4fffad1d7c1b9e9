package dev.manciple.repo;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.plugin.NearestName;
import dev.manciple.spi.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads {@code feature_store.yaml}: Feast's keys, their other names, defaults and rules. */
final class RepoConfigReader {
    private static final Pattern PROJECT = Pattern.compile("(?U)(?!_)\\w[\\w-]*");
    private static final Set<String> PROVIDERS = Set.of("local", "gcp", "aws", "azure");
    private static final Set<String> SQLITE = Set.of("sqlite", "feast.infra.online_stores.sqlite.SqliteOnlineStore");
    private static final String LOCAL_ENGINE = "feast.infra.compute_engines.local.compute.LocalComputeEngine";
    private static final int ENTITY_KEY_VERSION = 3;

    private static final Shape TYPE_OR_BLOCK = new Shape.Either(List.of(Shape.Plain.TEXT, Shape.OpenBlock.OPEN_BLOCK));

    private static final Shape.Block MATERIALIZATION = new Shape.Block(
            "materialization",
            () -> List.of(
                    Shape.Key.of(
                            "pull_latest_features",
                            Shape.Plain.FLAG,
                            "Changes nothing: both of Feast's ways give the same rows."),
                    Shape.Key.of("online_write_batch_size", Shape.Plain.WHOLE, "Rows per write to the online store.")));

    /** The top level of the file; the published schema is made of it. */
    static final Shape.Block FILE = new Shape.Block(
            "feature_store",
            () -> List.of(
                    Shape.Key.required(
                            "project",
                            Shape.Plain.TEXT,
                            "The name everything of this repository is kept under in the registry and the stores."),
                    Shape.Key.of("project_description", Shape.Plain.TEXT, "What the project is for."),
                    Shape.Key.of("provider", Shape.Plain.TEXT, "local, gcp, aws or azure; changes nothing."),
                    Shape.Key.required(
                            "registry",
                            TYPE_OR_BLOCK,
                            "Where definitions are kept: the path of a registry file, or a mapping with registry_type and its options."),
                    Shape.Key.of(
                            "online_store",
                            TYPE_OR_BLOCK,
                            "A type or a mapping with type and its options; sqlite if absent, no online store if null."),
                    Shape.Key.of(
                            "offline_store",
                            TYPE_OR_BLOCK,
                            "A type or a mapping with type and its options; file if absent."),
                    Shape.Key.of("batch_engine", TYPE_OR_BLOCK, "What materializes; local, this process, if absent.")
                            .or("batch_engine_config"),
                    Shape.Key.of("auth", TYPE_OR_BLOCK, "Who may call the servers; no_auth if absent."),
                    Shape.Key.of("feature_server", FeatureServerShape.BLOCK, "Options of the servers."),
                    Shape.Key.of(
                            "compatibility",
                            new Shape.Word(List.of("manciple", "feast")),
                            "Whose rules the statuses of online answers follow; manciple if absent. Feast ignores this key."),
                    Shape.Key.of("materialization", MATERIALIZATION, "How materialization runs.")
                            .or("materialization_config"),
                    Shape.Key.of(
                            "entity_key_serialization_version",
                            Shape.Plain.WHOLE,
                            "3, the version of Feast's entity keys in the online store."),
                    Shape.Key.of(
                            "coerce_tz_aware",
                            Shape.Plain.FLAG,
                            "Whether times of entity rows become UTC with a zone; true if absent."),
                    Shape.Key.of(
                            "definitions",
                            new Shape.Either(List.of(Shape.Plain.TEXT, new Shape.ListOf(Shape.Plain.TEXT))),
                            "Compiled Java classes that implement FeatureRepository. Feast ignores this key."),
                    Shape.Key.of("embedding_model", Shape.OpenBlock.OPEN_BLOCK, "Feast's; has no effect."),
                    Shape.Key.of("openlineage", Shape.OpenBlock.OPEN_BLOCK, "Feast's; has no effect.")
                            .or("openlineage_config"),
                    Shape.Key.of("mlflow", Shape.OpenBlock.OPEN_BLOCK, "Feast's; has no effect.")
                            .or("mlflow_config"),
                    Shape.Key.of("data_quality_monitoring", Shape.OpenBlock.OPEN_BLOCK, "Feast's; has no effect.")
                            .or("data_quality_monitoring_config"),
                    Shape.Key.of("flags", Shape.Plain.ANYTHING, "Obsolete in Feast; has no effect."),
                    Shape.Key.of("repo_path", Shape.Plain.TEXT, "Feast's; has no effect.")));

    private static final List<String> WITHOUT_EFFECT =
            List.of("embedding_model", "openlineage", "mlflow", "data_quality_monitoring", "flags", "repo_path");

    /** Names Feast's pages or code suggest for a key but its loader does not read. */
    private static final Map<String, String> MISTAKEN = Map.of(
            "engine", "batch_engine",
            "registry_config", "registry",
            "online_config", "online_store",
            "offline_config", "offline_store");

    private final Path root;
    private final String file;
    private final Problems problems;
    private final ShapeChecker checker;

    RepoConfigReader(Path root, String file, Problems problems) {
        this.root = root;
        this.file = file;
        this.problems = problems;
        this.checker = new ShapeChecker("", problems);
    }

    /** What could be read; worth nothing if problems were noted. */
    RepoConfig read(String text, Environment environment) {
        List<YamlNode> documents = YamlReader.read(file, text, environment, problems);
        YamlNode.Mapping top = new YamlNode.Mapping(new Position(file, 0), Map.of());
        if (documents.size() == 1 && documents.getFirst() instanceof YamlNode.Mapping mapping) {
            top = mapping;
        } else if (problems.count() == 0) {
            checker.problem(
                    new Position(file, 0),
                    "",
                    "must be one mapping with the keys 'project' and 'registry', was "
                            + (documents.isEmpty()
                                    ? "empty"
                                    : documents.size() > 1
                                            ? "several documents"
                                            : documents.getFirst().described()));
            problems.throwForFile(file);
        } else {
            problems.throwForFile(file);
        }
        refuseMistaken(top);
        return config(new Section(FILE, top));
    }

    private void refuseMistaken(YamlNode.Mapping top) {
        Map<String, YamlNode.Entry> others = new LinkedHashMap<>(top.entries());
        MISTAKEN.forEach((mistaken, right) -> {
            YamlNode.Entry entry = others.remove(mistaken);
            if (entry != null) {
                checker.problem(entry.at(), mistaken, "unknown key, did you mean '%s'?".formatted(right));
            }
        });
        checker.fits("", FILE, new YamlNode.Mapping(top.at(), others));
    }

    private RepoConfig config(Section top) {
        Optional<StoreConfig> onlineStore = onlineStore(top);
        return new RepoConfig(
                root,
                file,
                project(top, onlineStore),
                top.text("project_description").orElse(""),
                provider(top),
                registry(top),
                onlineStore,
                store(top.node("offline_store"), "type", "file"),
                engine(top),
                store(top.node("auth"), "type", "no_auth"),
                featureServer(top),
                compatibility(top),
                materialization(top),
                entityKeyVersion(top),
                top.scalar("coerce_tz_aware")
                        .filter(Scalars::isFlag)
                        .map(Scalars::flag)
                        .orElse(true),
                definitionClasses(top),
                notices(top));
    }

    private String project(Section top, Optional<StoreConfig> onlineStore) {
        String project = top.text("project").orElse("");
        top.node("project").filter(node -> node instanceof YamlNode.Scalar).ifPresent(node -> {
            if (!PROJECT.matcher(project).matches()) {
                checker.problem(
                        node.at(),
                        "project",
                        "'%s' may have letters, digits, underscores and hyphens and must start with a letter or digit"
                                .formatted(project));
            } else if (project.contains("-")
                    && onlineStore
                            .map(StoreConfig::type)
                            .filter(SQLITE::contains)
                            .isPresent()) {
                checker.problem(
                        node.at(),
                        "project",
                        "'%s' may not have hyphens with the online store sqlite, which uses it in names of tables: write '%s'"
                                .formatted(project, project.replace('-', '_')));
            }
        });
        return project;
    }

    private String provider(Section top) {
        String provider = top.text("provider").orElse("local");
        if (!PROVIDERS.contains(provider)) {
            String text = provider.contains(".") || provider.equals("unity_catalog")
                    ? "'%s' is code in Python, which Manciple does not run: write local".formatted(provider)
                    : "'%s' is unknown%s Known: aws, azure, gcp, local"
                            .formatted(provider, punctuated(NearestName.hint(provider, PROVIDERS)));
            top.node("provider").ifPresent(node -> checker.problem(node.at(), "provider", text));
        }
        return provider;
    }

    private static String punctuated(String hint) {
        return hint.isEmpty() ? "." : hint;
    }

    private StoreConfig registry(Section top) {
        Optional<YamlNode> node = top.node("registry");
        if (node.isPresent() && node.get() instanceof YamlNode.Scalar path) {
            return new StoreConfig("file", Map.of("path", path.text()));
        }
        boolean byType = node.isPresent()
                && node.get() instanceof YamlNode.Mapping mapping
                && mapping.get("registry_type").isEmpty();
        return store(node, byType ? "type" : "registry_type", "file");
    }

    /** Feast means the texts "null" and "none" to disable the store as well. */
    private Optional<StoreConfig> onlineStore(Section top) {
        Optional<YamlNode> written = top.written("online_store");
        boolean none = written.isPresent()
                && written.get() instanceof YamlNode.Scalar scalar
                && (scalar.isNull()
                        || Set.of("null", "none").contains(scalar.text().toLowerCase(Locale.ROOT)));
        return none ? Optional.empty() : Optional.of(store(written, "type", "sqlite"));
    }

    private StoreConfig engine(Section top) {
        StoreConfig engine = store(top.node("batch_engine"), "type", "local");
        return engine.type().equals(LOCAL_ENGINE) ? new StoreConfig("local", engine.options()) : engine;
    }

    private StoreConfig store(Optional<YamlNode> section, String typeKey, String absent) {
        return section.map(node -> switch (node) {
                    case YamlNode.Scalar type -> new StoreConfig(type.text(), Map.of());
                    case YamlNode.Mapping mapping -> store(mapping, typeKey, absent);
                    case YamlNode.Sequence list -> new StoreConfig(absent, Map.of());
                })
                .orElseGet(() -> new StoreConfig(absent, Map.of()));
    }

    private StoreConfig store(YamlNode.Mapping mapping, String typeKey, String absent) {
        Map<String, Object> options = new LinkedHashMap<>(mapping.plain());
        Object type = options.remove(typeKey);
        if (type != null && !(type instanceof String)) {
            mapping.get(typeKey)
                    .ifPresent(node ->
                            checker.problem(node.at(), typeKey, "must be the name of a type, was " + node.described()));
        }
        return new StoreConfig(type instanceof String name ? name : absent, options);
    }

    private MaterializationConfig materialization(Section top) {
        return block(top, "materialization", MATERIALIZATION, MaterializationConfig.class)
                .orElse(new MaterializationConfig(false, Optional.empty()));
    }

    private FeatureServerConfig featureServer(Section top) {
        return block(top, "feature_server", FeatureServerShape.BLOCK, FeatureServerConfig.class)
                .orElse(FeatureServerConfig.DEFAULT);
    }

    /** A section as its record; empty where it is absent or a problem was noted. What does not fit its shape was noted before. */
    private <C extends Record> Optional<C> block(Section top, String key, Shape.Block shape, Class<C> type) {
        Optional<YamlNode> block = top.node(key);
        if (block.isEmpty() || !(block.get() instanceof YamlNode.Mapping mapping)) {
            return Optional.empty();
        }
        Map<String, YamlNode.Entry> fitting = new LinkedHashMap<>(mapping.entries());
        fitting.entrySet()
                .removeIf(entry -> !new ShapeChecker("", new Problems())
                        .fits("", shape, new YamlNode.Mapping(mapping.at(), Map.ofEntries(entry))));
        try {
            return Optional.of(new ConfigBinder().bind(key, type, new YamlNode.Mapping(mapping.at(), fitting).plain()));
        } catch (ConfigException e) {
            problems.add(mapping.at(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Compatibility compatibility(Section top) {
        return top.text("compatibility")
                        .map(text -> text.toLowerCase(Locale.ROOT))
                        .filter("feast"::equals)
                        .isPresent()
                ? Compatibility.FEAST
                : Compatibility.MANCIPLE;
    }

    private int entityKeyVersion(Section top) {
        top.scalar("entity_key_serialization_version")
                .filter(Scalars::isWhole)
                .filter(version -> Scalars.number(version).intValue() != ENTITY_KEY_VERSION)
                .ifPresent(version -> checker.problem(
                        version.at(),
                        "entity_key_serialization_version",
                        "must be 3, was %s: keys of older versions are not readable here, materialize anew with 3"
                                .formatted(version.text())));
        return ENTITY_KEY_VERSION;
    }

    private static List<String> definitionClasses(Section top) {
        return top.node("definitions").stream()
                .flatMap(node -> node instanceof YamlNode.Sequence list ? list.elements().stream() : Stream.of(node))
                .filter(node -> node instanceof YamlNode.Scalar)
                .map(node -> ((YamlNode.Scalar) node).text())
                .toList();
    }

    private static List<String> notices(Section top) {
        List<String> notices = new ArrayList<>();
        for (String key : WITHOUT_EFFECT) {
            if (top.node(key).isPresent()) {
                notices.add("'%s' has no effect in Manciple.".formatted(key));
            }
        }
        return notices;
    }
}

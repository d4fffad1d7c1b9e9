package dev.manciple.repo;

import dev.manciple.error.ConfigException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.plugin.NearestName;
import dev.manciple.plugin.Plugins;
import dev.manciple.spi.SourceType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes data sources of YAML that has their shape. A problem is noted where the result is empty. */
final class SourceBuilder {
    private static final String STORE_TAG = "store";
    /** What Feast's stores read that nothing here does, unless a plug-in says so. */
    private static final Set<String> WITHOUT_CONNECTOR =
            Set.of("couchbase", "iceberg", "mongodb", "mssql", "oracle", "ray");

    private static final String CONNECTION_TAGS = "feast.connection-ref.";

    private final Plugins plugins;
    private final Catalog catalog;

    SourceBuilder(Plugins plugins, Catalog catalog) {
        this.plugins = plugins;
        this.catalog = catalog;
    }

    /** The source that is named, or written in full, at {@code node}. */
    Optional<DataSource> reference(ShapeChecker checker, String path, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            Optional<DataSource> source = build(checker, path, mapping);
            source.ifPresent(made -> catalog.addInside(made, mapping.at()));
            return source;
        }
        String name = node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        if (!catalog.knows(Kind.DATA_SOURCE, name)) {
            checker.problem(
                    node.at(),
                    path,
                    "data source '%s' is not defined%s".formatted(name, catalog.hint(Kind.DATA_SOURCE, name)));
        }
        return catalog.find(Kind.DATA_SOURCE, name).map(DataSource.class::cast);
    }

    Optional<DataSource.Batch> batch(ShapeChecker checker, String path, YamlNode node) {
        Optional<DataSource> source = reference(checker, path, node);
        if (source.isPresent() && !(source.get() instanceof DataSource.Batch)) {
            checker.problem(
                    node.at(),
                    path,
                    "'%s' is no batch source".formatted(source.get().name()));
        }
        return source.filter(DataSource.Batch.class::isInstance).map(DataSource.Batch.class::cast);
    }

    Optional<DataSource> build(ShapeChecker checker, String path, YamlNode.Mapping node) {
        Optional<String> type = new Section(SourceShapes.common(), node).text("type");
        Optional<SourceShapes> known = type.isPresent() ? SourceShapes.named(type.get()) : SourceShapes.seenFrom(node);
        try {
            return known.isPresent()
                    ? feast(checker, path, known.get(), node)
                    : custom(checker, path, type.orElse(""), node).map(DataSource.class::cast);
        } catch (IllegalArgumentException e) {
            checker.problem(node.at(), path, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<DataSource> feast(ShapeChecker checker, String path, SourceShapes shape, YamlNode.Mapping node) {
        Section source = new Section(shape.block(), node);
        Optional<SourceLocation> location = switch (shape) {
            case FILE ->
                Optional.of(new SourceLocation.Files(
                        source.text("path").orElse(""),
                        source.text("file_format").orElse("")));
            case BIGQUERY, REDSHIFT, SNOWFLAKE, ATHENA, TRINO, SPARK -> tableOrQuery(checker, path, source);
            case POSTGRES, CLICKHOUSE -> tableOrQuery(checker, path, source).map(found -> inJson(shape, source, found));
            case KAFKA, KINESIS, PUSH, REQUEST -> Optional.empty();
        };
        if (shape.isBatch()) {
            return location.flatMap(
                    found -> named(checker, path, source).map(name -> batch(name, shape.type(), found, source)));
        }
        Optional<String> name = named(checker, path, source);
        Optional<YamlNode> historyNode = source.node("batch_source");
        Optional<DataSource.Batch> history =
                historyNode.flatMap(found -> batch(checker, join(path, "batch_source"), found));
        if (name.isEmpty() || (historyNode.isPresent() && history.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                switch (shape) {
                    case PUSH -> new DataSource.Push(name.get(), history, source.about(), Extras.NONE);
                    case REQUEST ->
                        new DataSource.Request(
                                name.get(), FieldBuilder.fields(source, "schema"), source.about(), Extras.NONE);
                    case FILE,
                            BIGQUERY,
                            REDSHIFT,
                            SNOWFLAKE,
                            ATHENA,
                            TRINO,
                            SPARK,
                            POSTGRES,
                            CLICKHOUSE,
                            KAFKA,
                            KINESIS ->
                        new DataSource.Stream(
                                name.get(),
                                shape.type(),
                                streamOptions(source),
                                history,
                                source.about(),
                                SourceExtras.ofStream(source));
                });
    }

    private static DataSource.Batch batch(String name, String type, SourceLocation location, Section source) {
        Map<String, String> tags = new HashMap<>(source.map("tags"));
        source.text(STORE_TAG).ifPresent(store -> tags.put(STORE_TAG, store));
        source.text(SourceShapes.WAREHOUSE).ifPresent(warehouse -> tags.put(SourceShapes.WAREHOUSE, warehouse));
        source.mappings("connection_ref").forEach(reference -> tags.putAll(connection(reference)));
        About about = source.about().tags(tags);
        TimeColumns time = new TimeColumns(
                source.text("timestamp_field").orElse(""),
                source.text("created_timestamp_column"),
                source.text("date_partition_column"));
        return new DataSource.Batch(
                name, type, location, time, source.map("field_mapping"), about, SourceExtras.of(type, source));
    }

    /** Feast keeps a reference to a connection in tags. */
    private static Map<String, String> connection(YamlNode.Mapping reference) {
        Section section = new Section(SourceShapes.CONNECTION, reference);
        Map<String, String> tags = new HashMap<>();
        for (String key : List.of("provider", "name", "namespace", "connection_type", "auth_type")) {
            section.text(key)
                    .filter(text -> !(key.equals("auth_type") && text.equals("secret")))
                    .ifPresent(text -> tags.put(CONNECTION_TAGS + key.replace('_', '-'), text));
        }
        section.map("params").forEach((name, value) -> tags.put(CONNECTION_TAGS + "param." + name, value));
        return tags;
    }

    /** Feast's rule: the name, else what is read, which a query is too long for. */
    private static Optional<String> named(ShapeChecker checker, String path, Section source) {
        Optional<String> name = Stream.of("name", "path", "table")
                .flatMap(key -> source.mapping().get(key).stream())
                .filter(node -> node instanceof YamlNode.Scalar scalar && scalar.value() instanceof String)
                .map(node -> ((YamlNode.Scalar) node).text())
                .findFirst();
        if (name.isEmpty()) {
            checker.problem(
                    source.mapping().at(), join(path, "name"), "is required: there is no path or table to name it by");
        }
        return name;
    }

    private static Optional<SourceLocation> tableOrQuery(ShapeChecker checker, String path, Section source) {
        List<String> given = Stream.of("table", "query", "path")
                .filter(key -> source.text(key).isPresent())
                .toList();
        if (given.size() != 1) {
            checker.problem(
                    source.mapping().at(),
                    path,
                    given.isEmpty()
                            ? "needs a 'table' or a 'query'"
                            : "has more than one of " + String.join(", ", given));
            return Optional.empty();
        }
        return Optional.of(
                switch (given.getFirst()) {
                    case "table" -> new SourceLocation.Table(qualifiedTable(source));
                    case "query" ->
                        new SourceLocation.Query(source.text("query").orElse(""));
                    default ->
                        new SourceLocation.Files(
                                source.text("path").orElse(""),
                                source.text("file_format").orElse(""));
                });
    }

    private static String qualifiedTable(Section source) {
        return String.join(
                ".",
                Stream.of("data_source", "database", "schema", "table")
                        .flatMap(key -> source.text(key).stream())
                        .toList());
    }

    /** Feast has no message for these; its registry holds their options as JSON under the Python class. */
    private static SourceLocation inJson(SourceShapes shape, Section source, SourceLocation location) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("name", source.text("name").or(() -> source.text("table")).orElse(""));
        options.put("query", location instanceof SourceLocation.Query(String sql) ? sql : "");
        options.put("table", location instanceof SourceLocation.Table(String table) ? table : "");
        return new SourceLocation.Custom(
                "feast.infra.offline_stores.contrib.%s_offline_store.%s_source.%s"
                        .formatted(shape.type(), shape.type(), shape.feastClass()),
                PythonJson.bytes(options));
    }

    private static Map<String, String> streamOptions(Section source) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String key : List.of(
                "kafka_bootstrap_servers",
                "topic",
                "message_format",
                "region",
                "stream_name",
                "record_format",
                "schema")) {
            source.text(key).ifPresent(text -> options.put(key, text));
        }
        source.node("watermark_delay_threshold")
                .ifPresent(delay -> options.put(
                        "watermark_delay_threshold",
                        source.duration("watermark_delay_threshold").toString()));
        return options;
    }

    /** A type a plug-in reads, or a class of somebody's own, whose options are kept for the store that knows it. */
    private Optional<DataSource.Batch> custom(ShapeChecker checker, String path, String type, YamlNode.Mapping node) {
        Section source = new Section(SourceShapes.common(), node);
        Optional<SourceType<?>> plugged = plugins.sourceType(type);
        boolean isClass = type.endsWith("Source");
        if (plugged.isEmpty() && !isClass) {
            checker.problem(node.at(), join(path, "type"), unknown(type));
            return Optional.empty();
        }
        Map<String, Object> options = new LinkedHashMap<>(node.plain());
        List<String> common = SourceShapes.common().spellings();
        options.keySet().removeAll(common);
        if (!checker.fits(path, SourceShapes.common(), onlyCommon(node, common))) {
            return Optional.empty();
        }
        Optional<SourceLocation.Custom> location = plugged.isPresent()
                ? encoded(checker, path, node, plugged.get(), type, options)
                : Optional.of(new SourceLocation.Custom(type, PythonJson.bytes(options)));
        return location.flatMap(found -> named(checker, path, source)
                .map(name -> batch(name, SourceType.of(found.sourceClass()), found, source)));
    }

    private String unknown(String type) {
        List<String> known = knownTypes();
        String nearest = NearestName.hint(type, known);
        String what = WITHOUT_CONNECTOR.contains(type)
                ? "Manciple has no connector for Feast's sources of type '%s'.".formatted(type)
                : "unknown type of source '%s'%s".formatted(type, nearest.isEmpty() ? "." : nearest);
        return "%s Known: %s".formatted(what, String.join(", ", known));
    }

    private static YamlNode.Mapping onlyCommon(YamlNode.Mapping node, List<String> common) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(node.entries());
        entries.keySet().retainAll(common);
        return new YamlNode.Mapping(node.at(), entries);
    }

    private List<String> knownTypes() {
        List<String> known = new ArrayList<>(SourceChooser.types());
        plugins.all().forEach(plugin -> plugin.sourceTypes().forEach(offered -> known.add(offered.type())));
        return known;
    }

    private static <C extends Record> Optional<SourceLocation.Custom> encoded(
            ShapeChecker checker,
            String path,
            YamlNode.Mapping node,
            SourceType<C> sourceType,
            String type,
            Map<String, Object> options) {
        try {
            C bound = new ConfigBinder().bind("type: " + sourceType.type(), sourceType.optionsType(), options);
            ByteBuffer bytes = sourceType.encode(bound);
            String sourceClass = sourceType.sourceClasses().stream()
                    .filter(type::equals)
                    .findFirst()
                    .or(() -> sourceType.sourceClasses().stream().sorted().findFirst())
                    .orElse(type);
            return Optional.of(new SourceLocation.Custom(sourceClass, bytes));
        } catch (ConfigException e) {
            checker.problem(node.at(), path, Objects.requireNonNullElse(e.getMessage(), ""));
            return Optional.empty();
        }
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}

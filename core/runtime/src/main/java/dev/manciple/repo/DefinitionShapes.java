package dev.manciple.repo;

import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission;
import dev.manciple.repo.Shape.Block;
import dev.manciple.repo.Shape.Either;
import dev.manciple.repo.Shape.ListOf;
import dev.manciple.repo.Shape.MapOf;
import dev.manciple.repo.Shape.Plain;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The shapes of definitions in YAML: Feast's names for everything, and for some keys the names older versions of Feast used.
 */
final class DefinitionShapes {
    static final Block ENTITY = new Block(
            "entity",
            () -> with(
                    FieldShapes.ABOUT,
                    Shape.Key.required("name", Plain.TEXT, "What views refer to."),
                    Shape.Key.of(
                                    "join_key",
                                    new Either(List.of(Plain.TEXT, new ListOf(Plain.TEXT))),
                                    "The column rows are joined by, one; the entity's name if absent.")
                            .or("join_keys"),
                    Shape.Key.of("value_type", Plain.VALUE_TYPE, "The join key's type; found at apply if absent.")
                            .or("dtype", "type")));

    static final Shape.Variants DATA_SOURCE = new Shape.Variants("data_source", SourceChooser.SOURCE);

    static final Block FEATURE_VIEW = new Block(
            "feature_view",
            () -> with(
                    FieldShapes.ABOUT,
                    Shape.Key.required("name", Plain.TEXT, "What feature references and services call the view."),
                    Shape.Key.of(
                            "entities",
                            new ListOf(new Either(List.of(Plain.TEXT, ENTITY))),
                            "Names of entities, or entities in full; none for values of the whole world."),
                    Shape.Key.of(
                                    "schema",
                                    FieldShapes.FIELDS,
                                    "The features, and join keys if their types are to be fixed; found at apply if absent.")
                            .or("features"),
                    Shape.Key.of(
                                    "source",
                                    SourceShapes.SOURCE_OR_NAME,
                                    "Where history is read: a source in full, or one's name.")
                            .or("batch_source"),
                    Shape.Key.of(
                            "stream_source",
                            SourceShapes.SOURCE_OR_NAME,
                            "A push, kafka or kinesis source that feeds the view."),
                    Shape.Key.of(
                            "ttl",
                            Plain.DURATION,
                            "How long a value stays good after its event time; forever if absent, null or 0."),
                    Shape.Key.of("online", Plain.FLAG, "Whether values are materialized and served; true if absent."),
                    Shape.Key.of(
                            "offline",
                            Plain.FLAG,
                            "Whether pushed rows are also appended to the batch source; false if absent."),
                    Shape.Key.of(
                            "enabled", Plain.FLAG, "Whether the view is retrieved and materialized; true if absent."),
                    Keys.VERSION,
                    Keys.ORG,
                    Shape.Key.of("mode", Plain.TEXT, "How Feast computes the view; kept for Feast."),
                    Shape.Key.of("enable_validation", Plain.FLAG, "Kept for Feast.")));

    /** A view as a service or an on demand view takes it. */
    static final Block PROJECTION = new Block(
            "projection",
            () -> List.of(
                    Shape.Key.required("view", Plain.TEXT, "The view's name.").or("feature_view", "name"),
                    Shape.Key.of("features", new ListOf(Plain.TEXT), "Some of its features; all if absent."),
                    Shape.Key.of("alias", Plain.TEXT, "Another name for the view, for this use.")
                            .or("name_alias", "with_name"),
                    Shape.Key.of(
                            "join_key_map",
                            new MapOf(Plain.TEXT),
                            "Join key to the column of the entity rows that holds it.")));

    static final Block ON_DEMAND_FEATURE_VIEW = new Block(
            "on_demand_feature_view",
            () -> with(
                    FieldShapes.ABOUT,
                    Shape.Key.required("name", Plain.TEXT, "What feature references and services call the view."),
                    Shape.Key.of(
                            "sources",
                            new ListOf(
                                    new Either(List.of(Plain.TEXT, new Shape.Variants("input", InputChooser.INPUT)))),
                            "What it computes from: views, view:feature, or request sources, by name or in full."),
                    Shape.Key.of(
                            "input_schema",
                            FieldShapes.FIELDS,
                            "Columns that come with the request, without a source of their own."),
                    Shape.Key.required("schema", FieldShapes.FIELDS, "The features it computes.")
                            .or("features"),
                    Shape.Key.of(
                            "mode",
                            new Shape.Word(List.of("sql", "java")),
                            "How it computes; seen from the other keys if absent."),
                    Shape.Key.of(
                            "expressions",
                            new MapOf(Plain.TEXT),
                            "Feature to SQL expression over the input columns, in DuckDB's dialect."),
                    Shape.Key.of(
                            "function", Plain.TEXT, "The name of a Java function of a plug-in or of the repository."),
                    Keys.VERSION,
                    Keys.ORG));

    static final Block LOGGING = new Block(
            "logging",
            () -> List.of(
                    Shape.Key.required(
                                    "destination",
                                    SourceShapes.SOURCE_OR_NAME,
                                    "The batch source that served values are appended to.")
                            .or("sink"),
                    Shape.Key.of(
                            "sample_rate",
                            Plain.NUMBER,
                            "The share of requests that is logged, 0 to 1; 1 if absent.")));

    static final Block FEATURE_SERVICE = new Block(
            "feature_service",
            () -> with(
                    FieldShapes.ABOUT,
                    Shape.Key.required("name", Plain.TEXT, "What requests call the service."),
                    Shape.Key.required(
                                    "features",
                                    new ListOf(new Either(List.of(Plain.TEXT, PROJECTION))),
                                    "Views, by name, as view:feature, or with a choice of features, an alias or a join-key map.")
                            .or("feature_views", "views"),
                    Shape.Key.of("logging", LOGGING, "Where served values are logged.")
                            .or("logging_config")));

    static final Block POLICY = new Block(
            "policy",
            () -> List.of(
                    Shape.Key.of("roles", new ListOf(Plain.TEXT), "Callers with one of these roles."),
                    Shape.Key.of("groups", new ListOf(Plain.TEXT), "Callers in one of these groups."),
                    Shape.Key.of("namespaces", new ListOf(Plain.TEXT), "Callers in one of these namespaces.")));

    /** The word for the policy that asks for nothing but a good token. */
    static final String ALLOW_ALL = "allow_all";

    static final Block PERMISSION = new Block(
            "permission",
            () -> List.of(
                    Shape.Key.required("name", Plain.TEXT, "What refusals call it."),
                    Shape.Key.of(
                            "types",
                            new ListOf(new Shape.Word(words(Permission.Type.values()))),
                            "Kinds of objects; all if absent."),
                    Shape.Key.of(
                            "name_patterns",
                            new Either(List.of(Plain.TEXT, new ListOf(Plain.TEXT))),
                            "Regular expressions, one of which must match an object's whole name; any name if absent."),
                    Shape.Key.of(
                            "required_tags",
                            FieldShapes.TAGS,
                            "Tags an object must have, all of them; none if absent."),
                    Shape.Key.required(
                            "actions",
                            new ListOf(new Shape.Word(Stream.concat(
                                            words(Permission.Action.values()).stream(),
                                            PermissionActions.GROUPS.stream())
                                    .toList())),
                            "What it allows; read, write and crud stand for several, all for everything."),
                    Shape.Key.required(
                            "policy",
                            new Either(List.of(new Shape.Word(List.of(ALLOW_ALL)), POLICY)),
                            "Whom it allows that: roles, or groups and namespaces, or allow_all."),
                    Shape.Key.of("tags", FieldShapes.TAGS, "Free names and values.")
                            .or("labels")));

    private static List<String> words(Enum<?>... values) {
        return Stream.of(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The kinds a file may define, with the list each goes under. */
    enum Part {
        ENTITIES("entities", "entity", Kind.ENTITY),
        DATA_SOURCES("data_sources", "data_source", Kind.DATA_SOURCE),
        FEATURE_VIEWS("feature_views", "feature_view", Kind.FEATURE_VIEW),
        ON_DEMAND_FEATURE_VIEWS("on_demand_feature_views", "on_demand_feature_view", Kind.ON_DEMAND_FEATURE_VIEW),
        FEATURE_SERVICES("feature_services", "feature_service", Kind.FEATURE_SERVICE),
        PERMISSIONS("permissions", "permission", Kind.PERMISSION);

        final String list;
        final String word;
        final Kind kind;

        Part(String list, String word, Kind kind) {
            this.list = list;
            this.word = word;
            this.kind = kind;
        }

        Shape shape() {
            return switch (this) {
                case ENTITIES -> ENTITY;
                case DATA_SOURCES -> DATA_SOURCE;
                case FEATURE_VIEWS -> FEATURE_VIEW;
                case ON_DEMAND_FEATURE_VIEWS -> ON_DEMAND_FEATURE_VIEW;
                case FEATURE_SERVICES -> FEATURE_SERVICE;
                case PERMISSIONS -> PERMISSION;
            };
        }

        /** Every key an object of this kind may have. */
        List<String> spellings() {
            return DefinitionShapes.spellings(shape());
        }

        /** Whether an object has every key this kind cannot do without. */
        boolean isComplete(YamlNode.Mapping object) {
            return switch (this) {
                case FEATURE_VIEWS ->
                    Stream.of("source", "batch_source", "stream_source").anyMatch(object.entries()::containsKey);
                case DATA_SOURCES ->
                    SourceChooser.SOURCE.choose(object, (at, text) -> {}).isPresent();
                case ON_DEMAND_FEATURE_VIEWS ->
                    Stream.of("sources", "input_schema").anyMatch(object.entries()::containsKey)
                            && hasRequired(ON_DEMAND_FEATURE_VIEW, object);
                case ENTITIES -> hasRequired(ENTITY, object);
                case FEATURE_SERVICES -> hasRequired(FEATURE_SERVICE, object);
                case PERMISSIONS -> hasRequired(PERMISSION, object);
            };
        }

        private static boolean hasRequired(Block block, YamlNode.Mapping object) {
            return block.keys().get().stream()
                    .filter(Shape.Key::required)
                    .allMatch(key -> key.spellings().stream().anyMatch(object.entries()::containsKey));
        }
    }

    /** Keys views of both kinds have. */
    private static final class Keys {
        static final Shape.Key VERSION =
                Shape.Key.of("version", Plain.LABEL, "latest, or the version Feast pins the view to; kept for Feast.");
        static final Shape.Key ORG = Shape.Key.of("org", Plain.TEXT, "The organization; kept for Feast.");
    }

    private DefinitionShapes() {}

    private static List<String> spellings(Shape shape) {
        return shape instanceof Shape.Variants variants
                ? variants.chooser().variants().stream()
                        .flatMap(variant -> spellings(variant.shape()).stream())
                        .distinct()
                        .toList()
                : shape instanceof Block block ? block.spellings() : List.of();
    }

    static List<Shape.Key> with(List<Shape.Key> last, Shape.Key... first) {
        return Stream.concat(Stream.of(first), last.stream()).toList();
    }
}

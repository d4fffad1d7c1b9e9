package dev.manciple.repo;

import dev.manciple.auth.PythonPattern;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Permission.Policy;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.DefinitionShapes.Part;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * Makes definitions of YAML and adds them to the catalog, what others refer to first. An object that does not have the shape of
 * its kind, or that refers to nothing, is left out and its problems are noted.
 */
final class DefinitionBuilder {
    private final Problems problems;
    private final Catalog catalog;
    private final SourceBuilder sources;

    DefinitionBuilder(Plugins plugins, Problems problems, Catalog catalog) {
        this.problems = problems;
        this.catalog = catalog;
        this.sources = new SourceBuilder(plugins, catalog);
    }

    void build(List<Piece> pieces) {
        List<Piece> sound = pieces.stream().filter(this::hasShape).toList();
        of(Part.ENTITIES, sound).forEach(piece -> add(piece, this::entity));
        List<Piece> dataSources = of(Part.DATA_SOURCES, sound);
        dataSources.stream().filter(piece -> !isFedByAnother(piece)).forEach(piece -> add(piece, this::dataSource));
        dataSources.stream().filter(DefinitionBuilder::isFedByAnother).forEach(piece -> add(piece, this::dataSource));
        of(Part.FEATURE_VIEWS, sound).forEach(piece -> add(piece, this::featureView));
        of(Part.ON_DEMAND_FEATURE_VIEWS, sound).forEach(piece -> add(piece, this::onDemandFeatureView));
        of(Part.FEATURE_SERVICES, sound).forEach(piece -> add(piece, this::featureService));
        of(Part.PERMISSIONS, sound).forEach(piece -> add(piece, DefinitionBuilder::permission));
    }

    private static List<Piece> of(Part part, List<Piece> pieces) {
        return pieces.stream().filter(piece -> piece.part() == part).toList();
    }

    private boolean hasShape(Piece piece) {
        if (checker(piece).fits("", piece.part().shape(), piece.node())) {
            return true;
        }
        piece.name()
                .ifPresent(name ->
                        catalog.addBroken(piece.part().kind, name, piece.node().at()));
        return false;
    }

    private static boolean isFedByAnother(Piece source) {
        return source.node().entries().containsKey("batch_source");
    }

    private ShapeChecker checker(Piece piece) {
        return new ShapeChecker(piece.subject(), problems);
    }

    private interface Maker {
        Optional<? extends Definition> make(YamlNode.Mapping node, ShapeChecker checker);
    }

    private void add(Piece piece, Maker maker) {
        ShapeChecker checker = checker(piece);
        Optional<? extends Definition> made = Optional.empty();
        try {
            made = maker.make(piece.node(), checker);
        } catch (IllegalArgumentException e) {
            checker.problem(piece.node().at(), "", String.valueOf(e.getMessage()));
        }
        if (made.isPresent()) {
            catalog.add(made.get(), piece.node().at());
        } else {
            piece.name()
                    .ifPresent(name -> catalog.addBroken(
                            piece.part().kind, name, piece.node().at()));
        }
    }

    private Optional<Entity> entity(YamlNode.Mapping node, ShapeChecker checker) {
        Section entity = new Section(DefinitionShapes.ENTITY, node);
        String name = entity.text("name").orElse("");
        List<String> joinKeys = entity.texts("join_key");
        if (joinKeys.size() > 1) {
            checker.problem(
                    node.at(), "join_key", "an entity has one join key, this one has " + String.join(", ", joinKeys));
            return Optional.empty();
        }
        return Optional.of(new Entity(
                name,
                joinKeys.isEmpty() ? name : joinKeys.getFirst(),
                entity.text("value_type").map(ValueTypes::parse),
                entity.about(),
                Extras.NONE));
    }

    private Optional<DataSource> dataSource(YamlNode.Mapping node, ShapeChecker checker) {
        return sources.build(checker, "", node);
    }

    private Optional<FeatureView> featureView(YamlNode.Mapping node, ShapeChecker checker) {
        Section view = new Section(DefinitionShapes.FEATURE_VIEW, node);
        List<Entity> entities = new ArrayList<>();
        List<String> entityNames = entityNames(view, checker, entities);
        Optional<DataSource> source = viewSource(view, checker);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        List<String> joinKeys = entities.stream().map(Entity::joinKey).toList();
        List<Field> schema = FieldBuilder.fields(view, "schema");
        return Optional.of(new FeatureView(
                view.text("name").orElse(""),
                entityNames,
                joinKeys.stream()
                        .flatMap(key ->
                                schema.stream().filter(field -> field.name().equals(key)))
                        .toList(),
                schema.stream()
                        .filter(field -> !joinKeys.contains(field.name()))
                        .toList(),
                source,
                view.duration("ttl"),
                view.flag("online", true),
                view.flag("offline", false),
                view.flag("enabled", true),
                view.about(),
                ViewExtras.of(view)));
    }

    /** @param found takes the entities that are right */
    private List<String> entityNames(Section view, ShapeChecker checker, List<Entity> found) {
        List<String> names = new ArrayList<>();
        for (YamlNode node : view.list("entities")) {
            if (node instanceof YamlNode.Mapping mapping) {
                entity(mapping, checker).ifPresent(entity -> {
                    catalog.addInside(entity, mapping.at());
                    names.add(entity.name());
                    found.add(entity);
                });
            } else if (node instanceof YamlNode.Scalar name) {
                names.add(name.text());
                catalog.find(Kind.ENTITY, name.text()).map(Entity.class::cast).ifPresent(found::add);
            }
        }
        return names;
    }

    /** A stream source with no history of its own takes the view's batch source for it. */
    private Optional<DataSource> viewSource(Section view, ShapeChecker checker) {
        Optional<YamlNode> stream = view.node("stream_source");
        Optional<YamlNode> batch = view.node("source");
        if (stream.isEmpty()) {
            if (batch.isEmpty()) {
                checker.problem(view.mapping().at(), "source", "is required");
            }
            return batch.flatMap(node -> sources.reference(checker, "source", node));
        }
        // One in full is not in the catalog yet: what stands there must have its history.
        Optional<DataSource> feeding = stream.get() instanceof YamlNode.Mapping inFull
                ? sources.build(checker, "stream_source", inFull)
                : sources.reference(checker, "stream_source", stream.get());
        if (batch.isEmpty()) {
            return feeding;
        }
        Optional<DataSource.Batch> history = batch.flatMap(node -> sources.batch(checker, "source", node));
        if (feeding.isEmpty() || history.isEmpty()) {
            return Optional.empty();
        }
        return withHistory(feeding.get(), history.get(), view, checker);
    }

    private static Optional<DataSource> withHistory(
            DataSource feeding, DataSource.Batch history, Section view, ShapeChecker checker) {
        boolean named = view.scalar("stream_source").isPresent();
        if (feeding.batch().isPresent() ? !feeding.batch().get().equals(history) : named) {
            checker.problem(
                    view.mapping().at(),
                    "source",
                    "is not the batch source of '%s': write 'batch_source' there, and nothing here"
                            .formatted(feeding.name()));
            return Optional.empty();
        }
        return switch (feeding) {
            case DataSource.Push push ->
                Optional.of(new DataSource.Push(push.name(), Optional.of(history), push.about(), push.extras()));
            case DataSource.Stream stream ->
                Optional.of(new DataSource.Stream(
                        stream.name(),
                        stream.type(),
                        stream.options(),
                        Optional.of(history),
                        stream.about(),
                        stream.extras()));
            case DataSource.Batch batch -> notAStream(batch, view, checker);
            case DataSource.Request request -> notAStream(request, view, checker);
        };
    }

    private static Optional<DataSource> notAStream(DataSource source, Section view, ShapeChecker checker) {
        checker.problem(
                view.mapping().at(), "stream_source", "'%s' is no stream or push source".formatted(source.name()));
        return Optional.empty();
    }

    private Optional<OnDemandFeatureView> onDemandFeatureView(YamlNode.Mapping node, ShapeChecker checker) {
        Section view = new Section(DefinitionShapes.ON_DEMAND_FEATURE_VIEW, node);
        String name = view.text("name").orElse("");
        Inputs inputs = new Inputs();
        for (YamlNode input : view.list("sources")) {
            input(input, checker, inputs);
        }
        List<Field> inputSchema = FieldBuilder.fields(view, "input_schema");
        if (!inputSchema.isEmpty()) {
            // The name Feast gives the source it makes of the columns.
            DataSource.Request columns =
                    DataSource.Request.of("__input_schema__" + name, inputSchema.toArray(Field[]::new));
            inputs.requests.put(columns.name(), columns);
        }
        if (inputs.isEmpty()) {
            checker.problem(node.at(), "sources", "is required: views or request sources, or 'input_schema'");
            return Optional.empty();
        }
        List<Field> features = FieldBuilder.fields(view, "schema");
        return transformation(view, features, checker)
                .map(transformation -> new OnDemandFeatureView(
                        name,
                        List.copyOf(inputs.views.values()),
                        List.copyOf(inputs.requests.values()),
                        features,
                        transformation,
                        view.about(),
                        ViewExtras.ofOnDemand(view)));
    }

    /** What an on demand view reads, each view once. */
    private static final class Inputs {
        private final Map<String, Projection> views = new LinkedHashMap<>();
        private final Map<String, DataSource.Request> requests = new LinkedHashMap<>();

        boolean isEmpty() {
            return views.isEmpty() && requests.isEmpty();
        }
    }

    private void input(YamlNode node, ShapeChecker checker, Inputs inputs) {
        if (node instanceof YamlNode.Mapping mapping && InputChooser.isRequest(mapping)) {
            sources.reference(checker, "sources", mapping).ifPresent(source -> {
                if (source instanceof DataSource.Request request) {
                    inputs.requests.put(request.name(), request);
                }
            });
            return;
        }
        if (node instanceof YamlNode.Scalar name
                && catalog.find(Kind.DATA_SOURCE, name.text()).orElse(null) instanceof DataSource.Request request) {
            inputs.requests.put(request.name(), request);
            return;
        }
        Projection projection = Projections.of(node);
        inputs.views.merge(projection.outputName(), projection, Projections::joined);
    }

    private static Optional<Transformation> transformation(Section view, List<Field> features, ShapeChecker checker) {
        Map<String, String> expressions = view.map("expressions");
        Optional<String> function = view.text("function");
        String mode = view.text("mode").map(String::toLowerCase).orElse(function.isPresent() ? "java" : "sql");
        int before = checker.problems().count();
        YamlNode.Mapping node = view.mapping();
        if (mode.equals("java")) {
            if (function.isEmpty()) {
                checker.problem(node.at(), "function", "is required with mode java");
            }
            if (view.node("expressions").isPresent()) {
                checker.problem(node.at(), "expressions", "belongs to mode sql, this view has mode java");
            }
        } else {
            if (function.isPresent()) {
                checker.problem(node.at(), "function", "belongs to mode java, this view has mode sql");
            }
            List<String> names = features.stream().map(Field::name).toList();
            names.stream()
                    .filter(feature -> !expressions.containsKey(feature))
                    .forEach(feature -> checker.problem(node.at(), "expressions." + feature, "is required"));
            expressions.keySet().stream()
                    .filter(feature -> !names.contains(feature))
                    .forEach(feature -> checker.problem(
                            node.at(),
                            "expressions." + feature,
                            "is no feature of the view's schema" + ShapeChecker.hint(feature, names)));
        }
        if (checker.problems().count() > before) {
            return Optional.empty();
        }
        return Optional.of(
                mode.equals("java")
                        ? new Transformation.Java(function.orElse(""))
                        : new Transformation.Sql(expressions));
    }

    private Optional<FeatureService> featureService(YamlNode.Mapping node, ShapeChecker checker) {
        Section service = new Section(DefinitionShapes.FEATURE_SERVICE, node);
        Map<String, Projection> projections = new LinkedHashMap<>();
        for (YamlNode feature : service.list("features")) {
            Projection projection = Projections.of(feature);
            projections.merge(projection.outputName(), projection, Projections::joined);
        }
        Optional<YamlNode> loggingNode = service.node("logging");
        Optional<FeatureService.Logging> logging = loggingNode.flatMap(found -> logging(found, checker));
        if (loggingNode.isPresent() && logging.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new FeatureService(
                service.text("name").orElse(""),
                List.copyOf(projections.values()),
                logging,
                service.about(),
                Extras.NONE));
    }

    private static Optional<Permission> permission(YamlNode.Mapping node, ShapeChecker checker) {
        Section permission = new Section(DefinitionShapes.PERMISSION, node);
        List<String> patterns = permission.texts("name_patterns");
        for (String pattern : patterns) {
            try {
                PythonPattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                checker.problem(
                        node.at(),
                        "name_patterns",
                        "'%s' is no regular expression of Python's that can be used here: %s"
                                .formatted(pattern, e.getDescription()));
                return Optional.empty();
            }
        }
        Set<Action> actions = EnumSet.noneOf(Action.class);
        permission.texts("actions").forEach(word -> actions.addAll(PermissionActions.of(word)));
        if (actions.isEmpty()) {
            checker.problem(node.at(), "actions", "must not be empty");
            return Optional.empty();
        }
        Set<Permission.Type> types = EnumSet.noneOf(Permission.Type.class);
        permission.texts("types").forEach(word -> types.add(Permission.Type.valueOf(word.toUpperCase(Locale.ROOT))));
        return policy(permission, checker)
                .map(policy -> new Permission(
                        permission.text("name").orElse(""),
                        types.isEmpty() ? EnumSet.allOf(Permission.Type.class) : types,
                        patterns,
                        permission.map("required_tags"),
                        actions,
                        policy,
                        permission.map("tags")));
    }

    private static Optional<Policy> policy(Section permission, ShapeChecker checker) {
        if (!(permission.node("policy").orElse(null) instanceof YamlNode.Mapping mapping)) {
            return Optional.of(new Policy.AllowAll());
        }
        Section policy = new Section(DefinitionShapes.POLICY, mapping);
        List<String> roles = policy.texts("roles");
        List<String> groups = policy.texts("groups");
        List<String> namespaces = policy.texts("namespaces");
        if (roles.isEmpty() == (groups.isEmpty() && namespaces.isEmpty())) {
            checker.problem(mapping.at(), "policy", "must name either roles, or groups, namespaces or both");
            return Optional.empty();
        }
        if (!roles.isEmpty()) {
            return Optional.of(new Policy.Roles(roles));
        }
        if (namespaces.isEmpty()) {
            return Optional.of(new Policy.Groups(groups));
        }
        return Optional.of(
                groups.isEmpty()
                        ? new Policy.Namespaces(namespaces)
                        : new Policy.GroupsOrNamespaces(groups, namespaces));
    }

    private Optional<FeatureService.Logging> logging(YamlNode node, ShapeChecker checker) {
        Section logging = new Section(DefinitionShapes.LOGGING, (YamlNode.Mapping) node);
        double rate = logging.scalar("sample_rate")
                .map(scalar -> Scalars.number(scalar).doubleValue())
                .orElse(1.0);
        if (rate < 0 || rate > 1) {
            checker.problem(node.at(), "logging.sample_rate", "must be between 0 and 1, was " + rate);
            return Optional.empty();
        }
        return logging.node("destination")
                .flatMap(sink -> sources.batch(checker, "logging.destination", sink))
                .map(sink -> new FeatureService.Logging(sink, rate));
    }
}

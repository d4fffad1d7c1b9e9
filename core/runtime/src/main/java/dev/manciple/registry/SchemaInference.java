package dev.manciple.registry;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.plugin.NearestName;
import dev.manciple.spi.Spine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Fills in what definitions leave to their sources, by Feast's rules: the event time of a source with exactly one timestamp
 * column, the features of a view that lists none, the types of join keys. A source that is opened is also checked against what
 * is declared. Unlike Feast, which leaves an undeclared entity type unknown, the entity gets the type its views have, so that
 * all of them write its key the same way.
 */
final class SchemaInference {
    private final DefinitionSet definitions;
    private final Function<DataSource.Batch, Schema> describe;
    private final boolean checksSources;
    private final Problems problems;

    private final Map<DataSource.Batch, Optional<Schema>> schemas = new HashMap<>();
    private final Map<String, DataSource> sources = new LinkedHashMap<>();

    /**
     * @param describe the offline store's; asked once per source
     * @param checksSources whether sources of views are opened even where nothing is left to infer
     */
    SchemaInference(
            DefinitionSet definitions,
            Function<DataSource.Batch, Schema> describe,
            boolean checksSources,
            Problems problems) {
        this.definitions = definitions;
        this.describe = describe;
        this.checksSources = checksSources;
        this.problems = problems;
    }

    /** The definitions with every gap filled that can be. */
    DefinitionSet complete() {
        definitions.sources().values().forEach(source -> sources.put(source.name(), withEventTime(source)));
        List<Draft> drafts =
                definitions.views().values().stream().map(this::draft).toList();
        Map<String, Entity> entities = new LinkedHashMap<>();
        for (Entity entity : definitions.entities().values()) {
            entities.put(entity.name(), typed(entity, drafts));
        }
        Map<String, FeatureView> views = new LinkedHashMap<>();
        drafts.forEach(draft -> views.put(draft.view().name(), finish(draft, entities)));
        return definitions.complete(sources, entities, views);
    }

    private DataSource withEventTime(DataSource source) {
        return switch (source) {
            case DataSource.Batch batch -> withEventTime(batch);
            case DataSource.Push push ->
                new DataSource.Push(push.name(), push.history().map(this::withEventTime), push.about(), push.extras());
            case DataSource.Stream stream ->
                new DataSource.Stream(
                        stream.name(),
                        stream.type(),
                        stream.options(),
                        stream.history().map(this::withEventTime),
                        stream.about(),
                        stream.extras());
            case DataSource.Request request -> request;
        };
    }

    private DataSource.Batch withEventTime(DataSource.Batch source) {
        if (!source.time().event().isBlank()) {
            return source;
        }
        Optional<Schema> schema = schema(source);
        if (schema.isEmpty()) {
            return source;
        }
        List<String> candidates = schema.get().getFields().stream()
                .filter(column -> column.getType() instanceof ArrowType.Timestamp)
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .filter(column -> !source.time().created().equals(Optional.of(column)))
                .toList();
        if (candidates.size() == 1) {
            TimeColumns time = source.time();
            return source.time(new TimeColumns(candidates.getFirst(), time.created(), time.datePartition()));
        }
        problems.add(
                "data source '%s' does not say which column is the event time (timestamp_field), and %s",
                source.name(),
                candidates.isEmpty()
                        ? "none of its columns is a timestamp: " + columns(schema.get())
                        : "several could be: " + String.join(", ", candidates));
        return source;
    }

    /**
     * A view half done.
     *
     * @param view with its source complete, and its schema divided into join keys and features
     * @param columns of the source, by the names the view uses; empty where the source was not opened
     */
    private record Draft(FeatureView view, Optional<Map<String, ValueType>> columns) {}

    private Draft draft(FeatureView view) {
        FeatureView divided = divided(view.source()
                .map(source -> view.source(sources.getOrDefault(source.name(), source)))
                .orElse(view));
        Optional<DataSource.Batch> batch = divided.batchSource();
        boolean infers = divided.features().isEmpty()
                || entities(divided).stream()
                        .anyMatch(entity -> entity.type().isEmpty()
                                && declared(divided, entity).isEmpty());
        if (batch.isEmpty() && infers) {
            problems.add(
                    "feature view '%s' leaves its %s to inference, but its source%s has no batch source to infer from",
                    view.name(),
                    divided.features().isEmpty() ? "features" : "join key types",
                    view.source().map(source -> " '" + source.name() + "'").orElse(""));
        }
        Optional<Schema> schema = infers || checksSources ? batch.flatMap(this::schema) : Optional.empty();
        return new Draft(divided, schema.map(found -> columns(divided, found)));
    }

    /** Feast's schemas list join keys among the features. */
    private FeatureView divided(FeatureView view) {
        List<Field> keys = new ArrayList<>(view.entityColumns());
        List<Field> features = new ArrayList<>();
        Set<String> joinKeys = new HashSet<>();
        entities(view).forEach(entity -> joinKeys.add(entity.joinKey()));
        for (Field field : view.features()) {
            (joinKeys.contains(field.name()) ? keys : features).add(field);
        }
        return view.entityColumns(keys).features(features);
    }

    private List<Entity> entities(FeatureView view) {
        return view.entities().stream()
                .flatMap(name -> Optional.ofNullable(definitions.entities().get(name)).stream())
                .toList();
    }

    private static Optional<Field> declared(FeatureView view, Entity entity) {
        return view.entityColumns().stream()
                .filter(column -> column.name().equals(entity.joinKey()))
                .findFirst();
    }

    private Entity typed(Entity entity, List<Draft> drafts) {
        Map<ValueType, String> found = new LinkedHashMap<>();
        for (Draft draft : drafts) {
            if (draft.view().entities().contains(entity.name())) {
                keyType(draft, entity)
                        .ifPresent(type -> found.putIfAbsent(type, draft.view().name()));
            }
        }
        if (entity.type().isPresent()) {
            found.forEach((type, view) -> checkKeyType(entity, entity.type().get(), type, view));
            return entity;
        }
        if (found.isEmpty()) {
            return entity;
        }
        if (found.keySet().equals(Set.of(ValueType.Scalar.INT32, ValueType.Scalar.INT64))) {
            return entity.type(ValueType.Scalar.INT64);
        }
        if (found.size() > 1) {
            List<String> opinions = new ArrayList<>();
            found.forEach((type, view) -> opinions.add("%s in '%s'".formatted(TypeNames.of(type), view)));
            problems.add(
                    "the join key '%s' of entity '%s' has different types in its feature views: %s; declare its value_type",
                    entity.joinKey(), entity.name(), String.join(", ", opinions));
        }
        return entity.type(found.keySet().iterator().next());
    }

    /** The type a view declares for a join key, else the one its source has. */
    private static Optional<ValueType> keyType(Draft draft, Entity entity) {
        return declared(draft.view(), entity)
                .map(Field::type)
                .or(() -> draft.columns().flatMap(columns -> Optional.ofNullable(columns.get(entity.joinKey()))));
    }

    private void checkKeyType(Entity entity, ValueType declared, ValueType found, String view) {
        FeatureView definition = definitions.views().get(view);
        boolean untyped = definition != null
                && definition.batchSource().map(SchemaInference::isText).orElse(false);
        if (!TypeFit.fits(declared, found, untyped)) {
            problems.add(
                    "entity '%s' has type %s, which does not match %s, the type of its join key '%s' in feature view '%s'",
                    entity.name(), TypeNames.of(declared), TypeNames.of(found), entity.joinKey(), view);
        }
    }

    private FeatureView finish(Draft draft, Map<String, Entity> entities) {
        FeatureView view = draft.view();
        List<Field> keys = new ArrayList<>();
        for (String name : view.entities()) {
            Entity entity = entities.get(name);
            if (entity != null) {
                Optional<Field> declared = declared(view, entity);
                entity.type()
                        .or(() -> declared.map(Field::type))
                        .ifPresent(type -> keys.add(declared.map(field -> field.type(type))
                                .orElseGet(() -> Field.of(entity.joinKey(), type))));
            }
        }
        FeatureView keyed = view.entityColumns(keys);
        if (draft.columns().isEmpty()) {
            return keyed;
        }
        Map<String, ValueType> columns = draft.columns().get();
        check(keyed, columns);
        return keyed.features().isEmpty() ? keyed.features(inferred(keyed, columns)) : keyed;
    }

    private List<Field> inferred(FeatureView view, Map<String, ValueType> columns) {
        Set<String> taken = new HashSet<>(view.joinKeys());
        entities(view).forEach(entity -> taken.add(entity.joinKey()));
        view.batchSource().ifPresent(source -> {
            List<String> times = new ArrayList<>(List.of(source.time().event()));
            source.time().created().ifPresent(times::add);
            for (String time : times) {
                taken.add(time);
                taken.add(source.fieldMapping().getOrDefault(time, time));
            }
        });
        List<Field> features = columns.entrySet().stream()
                .filter(column -> !taken.contains(column.getKey()))
                .filter(column -> !column.getKey().startsWith(Spine.RESERVED_PREFIX))
                .map(column -> Field.of(column.getKey(), column.getValue()))
                .toList();
        if (features.isEmpty()) {
            problems.add(
                    "feature view '%s' lists no features, and its source has no column that could be one: %s",
                    view.name(), String.join(", ", columns.keySet()));
        }
        return features;
    }

    private void check(FeatureView view, Map<String, ValueType> columns) {
        boolean untyped = view.batchSource().map(SchemaInference::isText).orElse(false);
        for (Field feature : view.features()) {
            checkColumn(view, "feature", feature, columns, untyped);
        }
        for (Field key : view.entityColumns()) {
            checkColumn(view, "join key", key, columns, untyped);
        }
        for (Entity entity : entities(view)) {
            if (!columns.containsKey(entity.joinKey()) && !view.joinKeys().contains(entity.joinKey())) {
                missing(view, "join key", entity.joinKey(), columns);
            }
        }
        view.batchSource().ifPresent(source -> {
            checkTime(source, source.time().event());
            source.time().created().ifPresent(created -> checkTime(source, created));
        });
    }

    private void checkColumn(
            FeatureView view, String what, Field declared, Map<String, ValueType> columns, boolean untyped) {
        ValueType found = columns.get(declared.name());
        if (found == null) {
            missing(view, what, declared.name(), columns);
        } else if (!TypeFit.fits(declared.type(), found, untyped)) {
            problems.add(
                    "feature view '%s' declares the %s '%s' as %s, but its source %s has %s there",
                    view.name(),
                    what,
                    declared.name(),
                    TypeNames.of(declared.type()),
                    described(view),
                    TypeNames.of(found));
        }
    }

    private void missing(FeatureView view, String what, String name, Map<String, ValueType> columns) {
        problems.add(
                "feature view '%s' has the %s '%s', which its source %s lacks%s; it has: %s",
                view.name(),
                what,
                name,
                described(view),
                NearestName.hint(name, columns.keySet()),
                String.join(", ", columns.keySet()));
    }

    private void checkTime(DataSource.Batch source, String column) {
        Optional<Schema> schema = schema(source);
        if (column.isBlank() || schema.isEmpty()) {
            return;
        }
        Optional<org.apache.arrow.vector.types.pojo.Field> found = column(schema.get(), column);
        if (found.isEmpty()) {
            problems.add(
                    "data source '%s' has no column '%s', its declared time%s; it has: %s",
                    source.name(),
                    column,
                    NearestName.hint(
                            column,
                            schema.get().getFields().stream()
                                    .map(org.apache.arrow.vector.types.pojo.Field::getName)
                                    .toList()),
                    columns(schema.get()));
        } else if (!(found.get().getType() instanceof ArrowType.Timestamp
                || found.get().getType() instanceof ArrowType.Date)) {
            problems.add(
                    "data source '%s' declares the column '%s' as its time, but its values are %s, not times",
                    source.name(), column, TypeNames.of(ArrowTypes.valueType(found.get())));
        }
    }

    /** Described once per source; a source that cannot be described is one problem, however many views read it. */
    private Optional<Schema> schema(DataSource.Batch source) {
        return schemas.computeIfAbsent(untimed(source), key -> {
            try {
                return Optional.of(describe.apply(source));
            } catch (FeatureStoreException e) {
                problems.add("data source '%s': %s", source.name(), e.getMessage());
                return Optional.empty();
            }
        });
    }

    /** The columns of a source do not depend on which of them is the time. */
    private static DataSource.Batch untimed(DataSource.Batch source) {
        return source.time(TimeColumns.INFERRED);
    }

    private Map<String, ValueType> columns(FeatureView view, Schema schema) {
        Map<String, String> mapping =
                view.batchSource().map(DataSource.Batch::fieldMapping).orElse(Map.of());
        Map<String, ValueType> columns = new LinkedHashMap<>();
        for (org.apache.arrow.vector.types.pojo.Field column : schema.getFields()) {
            try {
                columns.put(mapping.getOrDefault(column.getName(), column.getName()), ArrowTypes.valueType(column));
            } catch (InvalidRequestException e) {
                problems.add("feature view '%s': %s", view.name(), e.getMessage());
            }
        }
        return columns;
    }

    private static Optional<org.apache.arrow.vector.types.pojo.Field> column(Schema schema, String name) {
        return schema.getFields().stream()
                .filter(field -> field.getName().equals(name))
                .findFirst();
    }

    private static String columns(Schema schema) {
        return String.join(
                ", ",
                schema.getFields().stream()
                        .map(org.apache.arrow.vector.types.pojo.Field::getName)
                        .toList());
    }

    private static String described(FeatureView view) {
        return view.batchSource()
                .map(source -> source.location() instanceof SourceLocation.Files files
                                && !files.uri().equals(source.name())
                        ? "'%s' (%s)".formatted(source.name(), files.uri())
                        : "'" + source.name() + "'")
                .orElseGet(() -> "'" + view.source().map(DataSource::name).orElse("") + "'");
    }

    /** Whether the source keeps text, whose types are a reader's guess. */
    private static boolean isText(DataSource.Batch source) {
        return source.location() instanceof SourceLocation.Files files
                && (files.format().equalsIgnoreCase("csv")
                        || files.uri().toLowerCase(Locale.ROOT).contains(".csv"));
    }
}

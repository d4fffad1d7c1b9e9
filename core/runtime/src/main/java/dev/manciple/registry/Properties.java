package dev.manciple.registry;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parts of a definition that people write, by Feast's names, as values that compare and print. */
final class Properties {
    private Properties() {}

    static Map<String, Object> of(Definition definition) {
        Map<String, Object> properties = new LinkedHashMap<>();
        switch (definition) {
            case Entity entity -> {
                properties.put("value_type", entity.type());
                properties.put("join_key", entity.joinKey());
                put(properties, entity.about());
            }
            case DataSource source -> put(properties, source);
            case FeatureView view -> {
                properties.put("entities", view.entities());
                properties.put("entity_columns", bare(view.entityColumns()));
                properties.put("features", bare(view.features()));
                properties.put("ttl", view.ttl());
                properties.put("online", view.online());
                properties.put("offline", view.offline());
                properties.put("enabled", view.enabled());
                view.source().ifPresent(source -> properties.put("source", of(source)));
                put(properties, view.about());
            }
            case OnDemandFeatureView view -> {
                properties.put("sources", view.views());
                properties.put(
                        "request_sources",
                        view.requests().stream().map(Properties::of).toList());
                properties.put("features", bare(view.features()));
                properties.put("feature_transformation", view.transformation());
                put(properties, view.about());
            }
            case FeatureService service -> {
                properties.put("features", service.features());
                service.logging().ifPresent(logging -> {
                    properties.put("logging_destination", of(logging.sink()));
                    properties.put("logging_sample_rate", logging.sampleRate());
                });
                put(properties, service.about());
            }
            case Permission permission -> {
                properties.put("types", permission.types());
                properties.put("name_patterns", permission.namePatterns());
                properties.put("required_tags", permission.requiredTags());
                properties.put("actions", permission.actions());
                properties.put("policy", permission.policy());
                properties.put("tags", permission.tags());
            }
            case Preserved preserved -> properties.put("definition", preserved.proto());
        }
        return properties;
    }

    private static void put(Map<String, Object> properties, DataSource source) {
        properties.put("name", source.name());
        switch (source) {
            case DataSource.Batch batch -> {
                properties.put("type", batch.type());
                properties.put("location", batch.location());
                properties.put("timestamp_field", batch.time().event());
                properties.put("created_timestamp_column", batch.time().created());
                properties.put("date_partition_column", batch.time().datePartition());
                properties.put("field_mapping", batch.fieldMapping());
            }
            case DataSource.Stream stream -> {
                properties.put("type", stream.type());
                properties.put("options", stream.options());
                properties.put("batch_source", stream.history().map(Properties::of));
            }
            case DataSource.Push push -> {
                properties.put("type", "push");
                properties.put("batch_source", push.history().map(Properties::of));
            }
            case DataSource.Request request -> {
                properties.put("type", "request");
                properties.put("schema", bare(request.schema()));
            }
        }
        put(properties, source.about());
    }

    private static void put(Map<String, Object> properties, About about) {
        properties.put("description", about.description());
        properties.put("tags", about.tags());
        properties.put("owner", about.owner());
    }

    private static List<Field> bare(List<Field> fields) {
        return fields.stream()
                .map(field -> new Field(field.name(), field.type(), field.description(), field.tags(), Extras.NONE))
                .toList();
    }

    /** One line for people. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Optional<?> optional -> optional.map(Properties::text).orElse("");
            case Collection<?> collection ->
                collection.stream().map(Properties::text).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                new TreeMap<>(map)
                        .entrySet().stream()
                                .map(entry -> text(entry.getKey()) + ": " + text(entry.getValue()))
                                .collect(Collectors.joining(", ", "{", "}"));
            case Field field -> text(field);
            case ValueType type -> TypeNames.of(type);
            case Projection projection -> text(projection);
            case SourceLocation location -> text(location);
            case Transformation transformation -> text(transformation);
            case Permission.Policy policy -> text(policy);
            case Duration duration -> duration.isZero() ? "none" : duration.toString();
            default -> value.toString();
        };
    }

    private static String text(Field field) {
        String description = field.description().isEmpty() ? "" : " \"" + field.description() + "\"";
        String tags = field.tags().isEmpty() ? "" : " " + text(field.tags());
        return TypeNames.of(field) + description + tags;
    }

    private static String text(Projection projection) {
        String alias = projection.alias().map(name -> " as " + name).orElse("");
        String keys = projection.joinKeyMap().isEmpty() ? "" : " on " + text(projection.joinKeyMap());
        return projection.view() + alias + text(projection.features()) + keys;
    }

    private static String text(SourceLocation location) {
        return switch (location) {
            case SourceLocation.Table table -> table.qualifiedName();
            case SourceLocation.Query query -> query.sql();
            case SourceLocation.Files files ->
                files.format().isBlank() ? files.uri() : files.uri() + " (" + files.format() + ")";
            case SourceLocation.Custom custom -> custom.sourceClass();
        };
    }

    private static String text(Permission.Policy policy) {
        return switch (policy) {
            case Permission.Policy.AllowAll all -> "everybody";
            case Permission.Policy.Roles(List<String> roles) -> "roles " + text(roles);
            case Permission.Policy.Groups(List<String> groups) -> "groups " + text(groups);
            case Permission.Policy.Namespaces(List<String> namespaces) -> "namespaces " + text(namespaces);
            case Permission.Policy.GroupsOrNamespaces(List<String> groups, List<String> namespaces) ->
                "groups %s or namespaces %s".formatted(text(groups), text(namespaces));
        };
    }

    private static String text(Transformation transformation) {
        return switch (transformation) {
            case Transformation.Sql sql -> text(sql.expressions());
            case Transformation.Java java -> java.function();
            case Transformation.Foreign foreign -> foreign.mode() + ": " + foreign.text();
        };
    }
}

package dev.manciple.server.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.manciple.error.NotFoundException;
import dev.manciple.server.auth.Caller;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.DataSourceProto.DataSource.SourceType;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.EntityProto.EntitySpecV2;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureServiceSpec;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.PermissionProto.PermissionSpec;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.ValueProto.ValueType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The REST routes that change objects (Feast: registry, 13). The keys of a body are the fields of the object's message. What it
 * only names, such as a view's source, must be registered and is put in whole, so that readers get an object they can use.
 */
final class RestWrites {
    /** The path of saved datasets. */
    static final String SAVED_DATASETS = "/saved_datasets";

    private static final Set<String> DESCRIBED = Set.of("name", "description", "tags", "owner");
    private static final ValueType.Enum DEFAULT_TYPE = ValueType.Enum.STRING;

    /** Where a source of some type is, by the key of a body; of several that are there the first counts. */
    private static final List<Location> LOCATIONS = List.of(
            new Location("file_options", SourceType.BATCH_FILE, Set.of("uri", "s3_endpoint_override")),
            new Location("bigquery_options", SourceType.BATCH_BIGQUERY, Set.of("table", "query")),
            new Location(
                    "snowflake_options", SourceType.BATCH_SNOWFLAKE, Set.of("table", "database", "schema", "query")),
            new Location("redshift_options", SourceType.BATCH_REDSHIFT, Set.of("table", "database", "schema", "query")),
            new Location("kafka_options", SourceType.STREAM_KAFKA, Set.of("kafka_bootstrap_servers", "topic")),
            new Location(
                    "spark_options",
                    SourceType.BATCH_SPARK,
                    Set.of("table", "path", "query", "file_format", "date_partition_column_format")),
            new Location("trino_options", SourceType.BATCH_TRINO, Set.of("table", "query")),
            new Location(
                    "athena_options", SourceType.BATCH_ATHENA, Set.of("table", "query", "database", "data_source")),
            new Location("kinesis_options", SourceType.STREAM_KINESIS, Set.of("region", "stream_name")),
            new Location("custom_options", SourceType.CUSTOM_SOURCE, Set.of()));

    private final RegistryWrites writes;

    RestWrites(RegistryWrites writes) {
        this.writes = writes;
    }

    private record Location(String key, SourceType type, Set<String> fields) {}

    /** Stores the object a body describes, in place of the one of its name. */
    @FunctionalInterface
    interface Applying {
        /** @param reads what the caller may see */
        void apply(Caller caller, RegistryReads reads, RestBody body);
    }

    /** Deletes an object by name. */
    @FunctionalInterface
    interface Deleting {
        void delete(Caller caller, String project, String name);
    }

    /** By path. */
    Map<String, Applying> applying() {
        return Map.of(
                "/entities", this::entity,
                "/data_sources", this::source,
                "/feature_views", this::view,
                "/feature_services", this::service,
                "/permissions", this::permission);
    }

    /** By path, to which the name is added. */
    Map<String, Deleting> deleting() {
        Map<String, Deleting> deleting = new LinkedHashMap<>();
        deleting.put("/entities", removing(RegistryList.ENTITIES));
        deleting.put("/data_sources", removing(RegistryList.DATA_SOURCES));
        deleting.put("/feature_views", writes::removeView);
        deleting.put("/feature_services", removing(RegistryList.FEATURE_SERVICES));
        deleting.put("/permissions", removing(RegistryList.PERMISSIONS));
        deleting.put(SAVED_DATASETS, removing(RegistryList.SAVED_DATASETS));
        return deleting;
    }

    private Deleting removing(RegistryList<?> list) {
        return (caller, project, name) -> writes.remove(caller, list, project, name);
    }

    private void entity(Caller caller, RegistryReads reads, RestBody body) {
        EntitySpecV2.Builder spec = body.into(
                EntitySpecV2.newBuilder().setJoinKey(body.name()).setValueType(DEFAULT_TYPE),
                with(DESCRIBED, "join_key", "value_type"));
        writes.put(
                caller,
                RegistryList.ENTITIES,
                body.project(),
                Entity.newBuilder().setSpec(spec).build());
    }

    private static Set<String> with(Set<String> fields, String... more) {
        Set<String> all = new LinkedHashSet<>(fields);
        all.addAll(List.of(more));
        return all;
    }

    private void source(Caller caller, RegistryReads reads, RestBody body) {
        DataSource.Builder source = DataSource.newBuilder();
        for (Location location : LOCATIONS) {
            if (body.has(location.key())) {
                locate(source, location, body.object(location.key()));
                break;
            }
        }
        body.into(
                source,
                with(
                        DESCRIBED,
                        "type",
                        "timestamp_field",
                        "created_timestamp_column",
                        "date_partition_column",
                        "data_source_class_type"));
        if (source.getType() == SourceType.INVALID) {
            throw RestBody.invalid("The body does not tell the type of data source '%s': give 'type', or one of %s"
                    .formatted(
                            body.name(), LOCATIONS.stream().map(Location::key).toList()));
        }
        writes.put(caller, RegistryList.DATA_SOURCES, body.project(), source.build());
    }

    private static void locate(DataSource.Builder source, Location location, RestBody options) {
        source.setType(location.type());
        if (location.type() == SourceType.CUSTOM_SOURCE) {
            source.getCustomOptionsBuilder()
                    .setConfiguration(
                            ByteString.copyFromUtf8(options.has("configuration") ? options.text("configuration") : ""));
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        options.members().forEach((key, value) -> {
            // A word of Python's, to which Feast's key adds a line.
            String field = key.equals("schema_") ? "schema" : key;
            if (value != null && location.fields().contains(field)) {
                fields.put(field, value);
            }
        });
        new RestBody(Map.of(location.key(), fields)).into(source, Set.of(location.key()));
    }

    private void view(Caller caller, RegistryReads reads, RestBody body) {
        FeatureViewSpec.Builder spec = body.into(FeatureViewSpec.newBuilder(), with(DESCRIBED, "entities", "online"));
        if (!body.has("online")) {
            spec.setOnline(true);
        }
        for (RestBody feature : body.objects("features")) {
            spec.addFeatures(feature.into(
                    FeatureSpecV2.newBuilder().setName(feature.name()).setValueType(DEFAULT_TYPE),
                    Set.of("value_type", "description")));
        }
        for (String name : spec.getEntitiesList()) {
            EntitySpecV2 entity =
                    reads.get(RegistryList.ENTITIES, body.project(), name).getSpec();
            spec.addEntityColumns(
                    FeatureSpecV2.newBuilder().setName(entity.getJoinKey()).setValueType(entity.getValueType()));
        }
        if (body.has("batch_source")) {
            spec.setBatchSource(reads.get(RegistryList.DATA_SOURCES, body.project(), body.text("batch_source")));
        }
        ttl(body).ifPresent(spec::setTtl);
        writes.put(
                caller,
                RegistryList.FEATURE_VIEWS,
                body.project(),
                FeatureView.newBuilder().setSpec(spec).build());
    }

    private static Optional<Duration> ttl(RestBody body) {
        return switch (body.members().get("ttl_seconds")) {
            case null -> Optional.empty();
            case Integer seconds
            when seconds >= 0 ->
                Optional.of(Duration.newBuilder().setSeconds(seconds).build());
            case Object other ->
                throw RestBody.invalid("'ttl_seconds' must be a whole number from 0, was %s".formatted(other));
        };
    }

    private void service(Caller caller, RegistryReads reads, RestBody body) {
        FeatureServiceSpec.Builder spec = body.into(FeatureServiceSpec.newBuilder(), DESCRIBED);
        for (RestBody part : body.objects("features")) {
            String name = part.text("feature_view_name");
            spec.addFeatures(FeatureViewProjection.newBuilder()
                    .setFeatureViewName(name)
                    .addAllFeatureColumns(columns(reads.anyView(body.project(), name), part)));
        }
        if (spec.getFeaturesCount() == 0) {
            throw RestBody.invalid("'features' must name a feature view");
        }
        writes.put(
                caller,
                RegistryList.FEATURE_SERVICES,
                body.project(),
                FeatureService.newBuilder().setSpec(spec).build());
    }

    /** Those named, or all. */
    private static List<FeatureSpecV2> columns(AnyFeatureView view, RestBody part) {
        List<FeatureSpecV2> all = RegistryReads.features(view);
        if (!(part.members().get("feature_names") instanceof List<?> names) || names.isEmpty()) {
            return all;
        }
        return names.stream()
                .map(name -> all.stream()
                        .filter(feature -> feature.getName().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new NotFoundException("feature", "%s:%s".formatted(RegistryReads.name(view), name))))
                .toList();
    }

    private void permission(Caller caller, RegistryReads reads, RestBody body) {
        PermissionSpec.Builder spec = body.into(
                PermissionSpec.newBuilder(),
                Set.of("name", "types", "name_patterns", "actions", "policy", "tags", "required_tags"));
        if (!body.has("policy")) {
            throw RestBody.invalid("'policy' must be an object");
        }
        writes.put(
                caller,
                RegistryList.PERMISSIONS,
                body.project(),
                Permission.newBuilder().setSpec(spec).build());
    }
}

package dev.manciple.server.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.manciple.error.InternalException;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.Feature;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * One kind of object as the REST routes give it.
 *
 * @param path of its list, below the prefix
 * @param key of its list in the answer
 * @param lineage its type in relationships; empty for a kind without
 * @param acrossProjects whether there is a list over all projects
 */
record RestResource<M extends Message>(
        String path,
        String key,
        Optional<String> lineage,
        boolean acrossProjects,
        Lister<M> list,
        Function<M, String> name,
        Function<M, Map<String, @Nullable Object>> json) {
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    /** The objects of a project that match a query. */
    @FunctionalInterface
    interface Lister<M> {
        List<M> list(RegistryReads reads, String project, RestQuery query);
    }

    static final RestResource<AnyFeatureView> FEATURE_VIEWS = new RestResource<>(
            "/feature_views",
            "featureViews",
            Optional.of(Lineage.FEATURE_VIEW),
            true,
            RestResource::views,
            RegistryReads::name,
            RestResource::view);

    static final RestResource<Feature> FEATURES = features("features", "feature");

    static final List<RestResource<?>> ALL = List.of(
            of("/entities", "entities", Optional.of(Lineage.ENTITY), true, RegistryList.ENTITIES),
            of("/data_sources", "dataSources", Optional.of(Lineage.DATA_SOURCE), true, RegistryList.DATA_SOURCES),
            FEATURE_VIEWS,
            new RestResource<LabelView>(
                    "/label_views",
                    "featureViews",
                    Optional.of(Lineage.LABEL_VIEW),
                    true,
                    (reads, project, query) -> reads.all(RegistryList.LABEL_VIEWS, project, query.tags()),
                    RegistryList.LABEL_VIEWS.name(),
                    view -> view(RegistryReads.any(view))),
            new RestResource<>(
                    "/feature_services",
                    "featureServices",
                    Optional.of(Lineage.FEATURE_SERVICE),
                    true,
                    (reads, project, query) -> reads.services(project, query.tags(), query.filter("feature_view")),
                    RegistryList.FEATURE_SERVICES.name(),
                    RestResource::tree),
            new RestResource<>(
                    "/saved_datasets",
                    "savedDatasets",
                    Optional.of(Lineage.SAVED_DATASET),
                    true,
                    (reads, project, query) -> reads.savedDatasets(
                            project, query.tags(), query.filter("namespace"), query.filter("collection")),
                    RegistryList.SAVED_DATASETS.name(),
                    RestResource::tree),
            FEATURES,
            features("labels", "label"),
            of("/permissions", "permissions", Optional.empty(), false, RegistryList.PERMISSIONS));

    private static <M extends Message> RestResource<M> of(
            String path, String key, Optional<String> lineage, boolean acrossProjects, RegistryList<M> list) {
        return new RestResource<>(
                path,
                key,
                lineage,
                acrossProjects,
                (reads, project, query) -> reads.all(list, project, query.tags()),
                list.name(),
                RestResource::tree);
    }

    private static RestResource<Feature> features(String plural, String kind) {
        return new RestResource<>(
                "/" + plural,
                plural,
                Optional.of(Lineage.FEATURE),
                true,
                (reads, project, query) -> reads.features(ListFeaturesRequest.newBuilder()
                        .setProject(project)
                        .setFeatureView(query.filter("feature_view"))
                        .setName(query.filter("name"))
                        .setKind(kind)
                        .build()),
                Feature::getName,
                RestResource::tree);
    }

    private static List<AnyFeatureView> views(RegistryReads reads, String project, RestQuery query) {
        ListAllFeatureViewsRequest.Builder request = ListAllFeatureViewsRequest.newBuilder()
                .setProject(project)
                .putAllTags(query.tags())
                .setEntity(query.filter("entity"))
                .setFeature(query.filter("feature"))
                .setFeatureService(query.filter("feature_service"))
                .setDataSource(query.filter("data_source"));
        query.updatedSince().ifPresent(request::setUpdatedSince);
        return reads.allViews(request.build());
    }

    /** The kind of a view stands beside its parts. */
    static Map<String, @Nullable Object> view(AnyFeatureView view) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        tree(view).forEach((type, parts) -> {
            flat.put("type", type);
            if (parts instanceof Map<?, ?> members) {
                members.forEach((key, value) -> flat.put(String.valueOf(key), value));
            }
        });
        return flat;
    }

    /** Protobuf's JSON mapping. */
    static Map<String, @Nullable Object> tree(MessageOrBuilder message) {
        try {
            return JsonMapper.shared()
                    .readValue(
                            JsonFormat.printer()
                                    .omittingInsignificantWhitespace()
                                    .print(message),
                            OBJECT);
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException("A stored object has no JSON", e);
        }
    }
}

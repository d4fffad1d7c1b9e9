package dev.manciple.server.registry;

import com.google.protobuf.Message;
import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything of a project that has a place in lineage, by Feast's keys of the lists, as protobuf's JSON. */
final class ProjectObjects {
    private ProjectObjects() {}

    /** @param paging of each list on its own; views are sorted by fields of their kind */
    static Map<String, Page<Map<String, @Nullable Object>>> of(RegistryReads reads, String project, Paging paging) {
        Map<String, Page<Map<String, @Nullable Object>>> lists = new LinkedHashMap<>();
        lists.put("entities", page(paging, reads.all(RegistryList.ENTITIES, project, Map.of())));
        lists.put("dataSources", page(paging, reads.all(RegistryList.DATA_SOURCES, project, Map.of())));
        lists.put(
                "featureViews",
                page(
                        paging,
                        reads.allViews(ListAllFeatureViewsRequest.newBuilder()
                                .setProject(project)
                                .build())));
        lists.put("labelViews", page(paging, reads.all(RegistryList.LABEL_VIEWS, project, Map.of())));
        lists.put("featureServices", page(paging, reads.all(RegistryList.FEATURE_SERVICES, project, Map.of())));
        lists.put("features", page(paging, reads.features(features(project, "feature"))));
        lists.put("labels", page(paging, reads.features(features(project, "label"))));
        lists.put("savedDatasets", page(paging, reads.all(RegistryList.SAVED_DATASETS, project, Map.of())));
        return lists;
    }

    private static ListFeaturesRequest features(String project, String kind) {
        return ListFeaturesRequest.newBuilder()
                .setProject(project)
                .setKind(kind)
                .build();
    }

    private static <M extends Message> Page<Map<String, @Nullable Object>> page(Paging paging, List<M> objects) {
        Page<M> page = paging.of(objects);
        return new Page<>(page.objects().stream().map(RestResource::tree).toList(), page.metadata());
    }
}

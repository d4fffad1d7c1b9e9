package dev.manciple.server.registry;

import com.google.protobuf.util.Timestamps;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The REST routes that count: what there is, and which tags views have. They may be asked about one project, or all. */
final class RestCounts {
    private static final int POPULAR_TAGS = 4;

    private RestCounts() {}

    /** By path. */
    static Map<String, RestRoute> routes() {
        return Map.of(
                "/metrics/resource_counts", RestCounts::resources,
                "/metrics/popular_tags", RestCounts::popularTags);
    }

    private static Map<String, @Nullable Object> resources(RegistryReads reads, RestQuery query) {
        String project = query.filter("project");
        Map<String, @Nullable Object> answer = project.isEmpty() ? ofAll(reads) : of(reads, project);
        answer.put(
                "registryLastUpdated",
                reads.registry().hasLastUpdated()
                        ? Timestamps.toString(reads.registry().getLastUpdated())
                        : null);
        return answer;
    }

    private static Map<String, @Nullable Object> of(RegistryReads reads, String project) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("project", project);
        answer.put("counts", counts(reads, project));
        answer.put("featureServices", services(reads, project));
        answer.put("featureViews", summaries(reads, project));
        answer.put("projects", List.of(Map.of("name", project)));
        return answer;
    }

    private static Map<String, @Nullable Object> ofAll(RegistryReads reads) {
        Map<String, Integer> total = new LinkedHashMap<>();
        Map<String, Object> perProject = new LinkedHashMap<>();
        List<Object> services = new ArrayList<>();
        List<Object> views = new ArrayList<>();
        List<Object> projects = new ArrayList<>();
        for (Project project : reads.projects(Map.of())) {
            String name = project.getSpec().getName();
            Map<String, Integer> counts = counts(reads, name);
            counts.forEach((kind, count) -> total.merge(kind, count, Integer::sum));
            perProject.put(name, counts);
            services.addAll(services(reads, name));
            views.addAll(summaries(reads, name));
            projects.add(pair("name", name, "description", project.getSpec().getDescription()));
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("total", total);
        answer.put("perProject", perProject);
        answer.put("featureServices", services);
        answer.put("featureViews", views);
        answer.put("projects", projects);
        return answer;
    }

    private static Map<String, Integer> counts(RegistryReads reads, String project) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(
                "entities", reads.all(RegistryList.ENTITIES, project, Map.of()).size());
        counts.put(
                "dataSources",
                reads.all(RegistryList.DATA_SOURCES, project, Map.of()).size());
        counts.put(
                "savedDatasets",
                reads.all(RegistryList.SAVED_DATASETS, project, Map.of()).size());
        counts.put(
                "features",
                reads.features(ListFeaturesRequest.newBuilder()
                                .setProject(project)
                                .build())
                        .size());
        counts.put("featureViews", views(reads, project).size());
        counts.put(
                "featureServices",
                reads.all(RegistryList.FEATURE_SERVICES, project, Map.of()).size());
        return counts;
    }

    private static List<AnyFeatureView> views(RegistryReads reads, String project) {
        return reads.allViews(
                ListAllFeatureViewsRequest.newBuilder().setProject(project).build());
    }

    private static List<Map<String, Object>> services(RegistryReads reads, String project) {
        return reads.all(RegistryList.FEATURE_SERVICES, project, Map.of()).stream()
                .map(service -> pair("name", service.getSpec().getName(), "project", project))
                .toList();
    }

    private static List<Map<String, Object>> summaries(RegistryReads reads, String project) {
        return views(reads, project).stream()
                .map(view -> {
                    Map<String, Object> summary = pair("name", RegistryReads.name(view), "project", project);
                    summary.put("type", String.valueOf(RestResource.view(view).get("type")));
                    summary.put("featureCount", RegistryReads.features(view).size());
                    return summary;
                })
                .toList();
    }

    /** A tag and the views that have it. */
    private record Tag(String key, String value, List<Map<String, Object>> views) {}

    private static Map<String, @Nullable Object> popularTags(RegistryReads reads, RestQuery query) {
        int limit = query.count("limit", POPULAR_TAGS);
        List<String> projects = query.text("project")
                .filter(project -> !project.isEmpty())
                .map(List::of)
                .orElseGet(() -> List.copyOf(RegistryCodec.projects(reads.registry())));
        Map<Map.Entry<String, String>, Tag> tags = new LinkedHashMap<>();
        int viewCount = 0;
        for (String project : projects) {
            for (AnyFeatureView view : views(reads, project)) {
                viewCount++;
                Map<String, Object> named = pair("name", RegistryReads.name(view), "project", project);
                RegistryReads.tags(view)
                        .forEach((key, value) -> tags.computeIfAbsent(
                                        Map.entry(key, value), tag -> new Tag(key, value, new ArrayList<>()))
                                .views()
                                .add(named));
            }
        }
        List<Object> popular = tags.values().stream()
                .sorted(Comparator.<Tag>comparingInt(tag -> tag.views().size())
                        .thenComparing(Tag::key)
                        .reversed())
                .limit(limit)
                .<Object>map(RestCounts::json)
                .toList();
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("totalFeatureViews", viewCount);
        metadata.put("totalTags", tags.size());
        metadata.put("limit", limit);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("popular_tags", popular);
        answer.put("metadata", metadata);
        return answer;
    }

    private static Map<String, Object> json(Tag tag) {
        Map<String, Object> json = pair("tag_key", tag.key(), "tag_value", tag.value());
        json.put("feature_views", tag.views());
        json.put("total_feature_views", tag.views().size());
        return json;
    }

    private static Map<String, Object> pair(String first, String one, String second, String other) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(first, one);
        members.put(second, other);
        return members;
    }
}

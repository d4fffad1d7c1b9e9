package dev.manciple.server.registry;

import com.google.protobuf.Message;
import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.ProjectProto.Project;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The REST routes that list objects, of one project or all, and give single ones. */
final class RestObjects {
    private RestObjects() {}

    /** By path; of paths that fit one request the first counts. */
    static Map<String, RestRoute> routes() {
        Map<String, RestRoute> routes = new LinkedHashMap<>();
        RestResource.ALL.forEach(resource -> addLists(routes, resource));
        routes.put("/entities/{name}", RestObjects::entity);
        routes.put("/data_sources/{name}", object(RegistryList.DATA_SOURCES, Lineage.DATA_SOURCE));
        routes.put("/feature_views/{name}", RestObjects::view);
        routes.put("/label_views/{name}", RestObjects::labelView);
        routes.put("/feature_services/{name}", object(RegistryList.FEATURE_SERVICES, Lineage.FEATURE_SERVICE));
        routes.put("/saved_datasets/{name}", object(RegistryList.SAVED_DATASETS, Lineage.SAVED_DATASET));
        routes.put(
                "/permissions/{name}",
                (reads, query) ->
                        RestResource.tree(reads.get(RegistryList.PERMISSIONS, query.project(), query.name())));
        routes.put("/features/{view}/{name}", RestObjects::feature);
        routes.put(
                "/projects/{name}",
                (reads, query) -> RestResource.tree(reads.get(RegistryList.PROJECTS, query.name(), query.name())));
        routes.put("/projects", RestObjects::projects);
        return routes;
    }

    /** An object and the project it is in. */
    private record Located<M>(String project, M object) {}

    private static <M extends Message> void addLists(Map<String, RestRoute> routes, RestResource<M> resource) {
        routes.put(resource.path(), (reads, query) -> {
            Page<Located<M>> page = query.paging()
                    .of(located(resource, reads, query.project(), query).toList(), Located::object);
            return list(resource, reads, query, page, false);
        });
        if (resource.acrossProjects()) {
            routes.put(resource.path() + "/all", (reads, query) -> {
                List<Located<M>> objects = RegistryCodec.projects(reads.registry()).stream()
                        .flatMap(project -> located(resource, reads, project, query))
                        .toList();
                return list(resource, reads, query, query.pagingOfAll().of(objects, Located::object), true);
            });
        }
    }

    private static <M extends Message> Stream<Located<M>> located(
            RestResource<M> resource, RegistryReads reads, String project, RestQuery query) {
        return resource.list().list(reads, project, query).stream().map(object -> new Located<>(project, object));
    }

    private static <M extends Message> Map<String, @Nullable Object> list(
            RestResource<M> resource, RegistryReads reads, RestQuery query, Page<Located<M>> page, boolean named) {
        List<Object> objects = new ArrayList<>();
        for (Located<M> each : page.objects()) {
            Map<String, @Nullable Object> object = resource.json().apply(each.object());
            if (named) {
                object.put("project", each.project());
            }
            objects.add(object);
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put(resource.key(), objects);
        answer.put("pagination", RestResource.tree(page.metadata()));
        if (query.flag("include_relationships")) {
            answer.put("relationships", relationships(resource, reads, page));
        }
        return answer;
    }

    /** By the names of the objects. */
    private static <M extends Message> Map<String, List<Object>> relationships(
            RestResource<M> resource, RegistryReads reads, Page<Located<M>> page) {
        Map<String, Lineage> lineages = new HashMap<>();
        Map<String, List<Object>> relationships = new LinkedHashMap<>();
        for (Located<M> each : page.objects()) {
            Lineage lineage =
                    lineages.computeIfAbsent(each.project(), project -> Lineage.of(reads.registry(), project));
            String name = resource.name().apply(each.object());
            relationships.put(
                    name,
                    resource.lineage()
                            .map(type -> RestLineage.trees(lineage.about(type, name, false)))
                            .orElse(List.of()));
        }
        return relationships;
    }

    private static <M extends Message> RestRoute object(RegistryList<M> list, String type) {
        return (reads, query) ->
                related(reads, query, type, RestResource.tree(reads.get(list, query.project(), query.name())));
    }

    /** The object with its relationships, if they are asked for. */
    private static Map<String, @Nullable Object> related(
            RegistryReads reads, RestQuery query, String type, Map<String, @Nullable Object> object) {
        if (query.flag("include_relationships")) {
            object.put(
                    "relationships",
                    RestLineage.trees(
                            Lineage.of(reads.registry(), query.project()).about(type, query.name(), false)));
        }
        return object;
    }

    private static Map<String, @Nullable Object> entity(RegistryReads reads, RestQuery query) {
        Map<String, @Nullable Object> answer =
                RestResource.tree(reads.get(RegistryList.ENTITIES, query.project(), query.name()));
        answer.put(
                "dataSources",
                reads.sourcesOf(query.project(), query.name()).stream()
                        .map(RestResource::tree)
                        .toList());
        return related(reads, query, Lineage.ENTITY, answer);
    }

    private static Map<String, @Nullable Object> view(RegistryReads reads, RestQuery query) {
        return related(
                reads, query, Lineage.FEATURE_VIEW, RestResource.view(reads.anyView(query.project(), query.name())));
    }

    private static Map<String, @Nullable Object> labelView(RegistryReads reads, RestQuery query) {
        return related(
                reads,
                query,
                Lineage.LABEL_VIEW,
                RestResource.view(
                        RegistryReads.any(reads.get(RegistryList.LABEL_VIEWS, query.project(), query.name()))));
    }

    private static Map<String, @Nullable Object> feature(RegistryReads reads, RestQuery query) {
        return related(
                reads,
                query,
                Lineage.FEATURE,
                RestResource.tree(reads.feature(query.project(), query.path().get("view"), query.name())));
    }

    private static Map<String, @Nullable Object> projects(RegistryReads reads, RestQuery query) {
        Page<Project> page = query.paging().of(reads.projects(query.tags()));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("projects", page.objects().stream().map(RestResource::tree).toList());
        answer.put("pagination", RestResource.tree(page.metadata()));
        return answer;
    }
}

package dev.manciple.server.registry;

import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.proto.RegistryServerProto.EntityRelation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The REST routes about what is made of what. Some have Feast's keys in snake case, others in camel case, as there. */
final class RestLineage {
    private RestLineage() {}

    /** By path. */
    static Map<String, RestRoute> routes() {
        Map<String, RestRoute> routes = new LinkedHashMap<>();
        routes.put("/lineage/registry", RestLineage::registry);
        routes.put("/lineage/registry/all", RestLineage::registries);
        routes.put("/lineage/objects/{type}/{name}", RestLineage::object);
        routes.put("/lineage/complete", RestLineage::complete);
        routes.put("/lineage/complete/all", RestLineage::completeOfAll);
        return routes;
    }

    static List<Object> trees(List<EntityRelation> relations) {
        return relations.stream().<Object>map(RestResource::tree).toList();
    }

    private static Map<String, @Nullable Object> registry(RegistryReads reads, RestQuery query) {
        Relations relations = relations(reads, query.project(), query, query.paging());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("relationships", trees(relations.direct().objects()));
        answer.put("indirect_relationships", trees(relations.indirect().objects()));
        answer.put(
                "relationships_pagination", RestResource.tree(relations.direct().metadata()));
        answer.put(
                "indirect_relationships_pagination",
                RestResource.tree(relations.indirect().metadata()));
        return answer;
    }

    private record Relations(Page<EntityRelation> direct, Page<EntityRelation> indirect) {}

    private static Relations relations(RegistryReads reads, String project, RestQuery query, Paging paging) {
        Lineage lineage = Lineage.of(reads.registry(), project);
        String type = query.filter("filter_object_type");
        String name = query.filter("filter_object_name");
        return new Relations(
                paging.of(Lineage.filter(lineage.direct(), type, name)),
                paging.of(Lineage.filter(lineage.indirect(), type, name)));
    }

    private static Map<String, @Nullable Object> registries(RegistryReads reads, RestQuery query) {
        List<Object> direct = new ArrayList<>();
        List<Object> indirect = new ArrayList<>();
        for (String project : RegistryCodec.projects(reads.registry())) {
            Relations relations = relations(reads, project, query, Paging.ALL);
            relations.direct().objects().forEach(relation -> direct.add(of(project, RestResource.tree(relation))));
            relations.indirect().objects().forEach(relation -> indirect.add(of(project, RestResource.tree(relation))));
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("relationships", direct);
        answer.put("indirect_relationships", indirect);
        return answer;
    }

    private static Map<String, @Nullable Object> of(String project, Map<String, @Nullable Object> object) {
        object.put("project", project);
        return object;
    }

    private static Map<String, @Nullable Object> object(RegistryReads reads, RestQuery query) {
        Page<EntityRelation> page = query.paging()
                .of(Lineage.of(reads.registry(), query.project())
                        .about(query.path().get("type"), query.name(), query.flag("include_indirect")));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("relationships", trees(page.objects()));
        answer.put("pagination", RestResource.tree(page.metadata()));
        return answer;
    }

    private static Map<String, @Nullable Object> complete(RegistryReads reads, RestQuery query) {
        String project = query.project();
        Relations relations = relations(reads, project, query, query.paging().unsorted());
        Map<String, Object> objects = new LinkedHashMap<>();
        Map<String, Object> pagination = new LinkedHashMap<>();
        ProjectObjects.of(reads, project, query.paging()).forEach((key, page) -> {
            objects.put(key, page.objects());
            pagination.put(key, RestResource.tree(page.metadata()));
        });
        pagination.put("relationships", RestResource.tree(relations.direct().metadata()));
        pagination.put(
                "indirectRelationships", RestResource.tree(relations.indirect().metadata()));
        Map<String, @Nullable Object> answer = complete(project, objects, relations);
        answer.put("pagination", pagination);
        return answer;
    }

    private static Map<String, @Nullable Object> complete(
            String project, Map<String, Object> objects, Relations relations) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("project", project);
        answer.put("objects", objects);
        answer.put("relationships", trees(relations.direct().objects()));
        answer.put("indirectRelationships", trees(relations.indirect().objects()));
        return answer;
    }

    private static Map<String, @Nullable Object> completeOfAll(RegistryReads reads, RestQuery query) {
        List<Object> projects = new ArrayList<>();
        for (String project : RegistryCodec.projects(reads.registry())) {
            Map<String, Object> objects = new LinkedHashMap<>();
            for (Map.Entry<String, Page<Map<String, @Nullable Object>>> list :
                    ProjectObjects.of(reads, project, Paging.ALL).entrySet()) {
                List<Object> located = new ArrayList<>();
                for (Map<String, @Nullable Object> object : list.getValue().objects()) {
                    located.add(of(project, object));
                }
                objects.put(list.getKey(), located);
            }
            projects.add(complete(project, objects, relations(reads, project, query, Paging.ALL)));
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("projects", projects);
        return answer;
    }
}

package dev.manciple.server.registry;

import com.google.protobuf.Message;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.Admission;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryServerProto.EntityRelation;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The routes of Feast's registry REST server that read objects (Feast: online serving, 8.2): protobuf's JSON of the objects,
 * wrapped per route. Thread-safe; borrows what it is given.
 */
public final class RegistryApi implements HttpService {
    /** Below which all routes are. */
    public static final String PREFIX = "/api/v1";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryApi.class);

    private static final HeaderName AUTHORIZATION = HeaderNames.create(AccessControl.HEADER);

    private final StoredRegistry stored;
    private final AccessControl access;
    private final Admission admission;

    /** @param access whom to let in */
    public RegistryApi(StoredRegistry stored, AccessControl access, Admission admission) {
        this.stored = stored;
        this.access = access;
        this.admission = admission;
    }

    /** An object and the project it is in. */
    private record Located<M>(String project, M object) {}

    /** What one route answers. */
    @FunctionalInterface
    private interface Route {
        Map<String, @Nullable Object> answer(RegistryReads reads, RestQuery query);
    }

    /** What a route answers that has the name of an object in its path. */
    @FunctionalInterface
    private interface Getter {
        Map<String, @Nullable Object> answer(RegistryReads reads, RestQuery query, String name);
    }

    @Override
    public void routing(HttpRules rules) {
        RestResource.ALL.forEach(resource -> lists(rules, resource));
        get(rules, "/entities", this::entity);
        get(rules, "/data_sources", (reads, query, name) -> {
            DataSource source = reads.get(RegistryList.DATA_SOURCES, query.project(), name);
            return with(relationships(reads, query, Lineage.DATA_SOURCE, name), RestResource.tree(source));
        });
        get(rules, "/feature_views", this::view);
        get(rules, "/label_views", (reads, query, name) -> {
            Map<String, @Nullable Object> view =
                    RestResource.view(RegistryReads.any(reads.get(RegistryList.LABEL_VIEWS, query.project(), name)));
            return with(relationships(reads, query, Lineage.LABEL_VIEW, name), view);
        });
        get(
                rules,
                "/feature_services",
                (reads, query, name) -> with(
                        relationships(reads, query, Lineage.FEATURE_SERVICE, name),
                        RestResource.tree(reads.get(RegistryList.FEATURE_SERVICES, query.project(), name))));
        get(
                rules,
                "/saved_datasets",
                (reads, query, name) -> with(
                        relationships(reads, query, Lineage.SAVED_DATASET, name),
                        RestResource.tree(reads.get(RegistryList.SAVED_DATASETS, query.project(), name))));
        get(rules, "/permissions", (reads, query, name) -> {
            Permission permission = reads.get(RegistryList.PERMISSIONS, query.project(), name);
            return RestResource.tree(permission);
        });
        get(
                rules,
                "/projects",
                (reads, query, name) -> RestResource.tree(reads.get(RegistryList.PROJECTS, name, name)));
        rules.get("/features/{view}/{name}", (request, response) -> {
            String view = request.path().pathParameters().get("view");
            String name = request.path().pathParameters().get("name");
            run(
                    request,
                    response,
                    (reads, query) -> with(
                            relationships(reads, query, Lineage.FEATURE, name),
                            RestResource.tree(reads.feature(query.project(), view, name))));
        });
        rules.get("/projects", (request, response) -> run(request, response, this::projects));
        rules.get("/lineage/registry", (request, response) -> run(request, response, this::lineage));
        rules.get("/lineage/objects/{type}/{name}", (request, response) -> {
            String type = request.path().pathParameters().get("type");
            String name = request.path().pathParameters().get("name");
            run(request, response, (reads, query) -> aboutObject(reads, query, type, name));
        });
        // Every read sees what is stored by then.
        rules.post(
                "/registry/refresh",
                (request, response) ->
                        run(request, response, (reads, query) -> new LinkedHashMap<String, @Nullable Object>()));
    }

    private <M extends Message> void lists(HttpRules rules, RestResource<M> resource) {
        rules.get(
                resource.path(),
                (request, response) -> run(request, response, (reads, query) -> {
                    String project = query.project();
                    Page<Located<M>> page = query.paging()
                            .of(located(resource, reads, project, query).toList(), Located::object);
                    return list(resource, reads, query, page, false);
                }));
        if (resource.acrossProjects()) {
            rules.get(
                    resource.path() + "/all",
                    (request, response) -> run(request, response, (reads, query) -> {
                        List<Located<M>> objects = RegistryCodec.projects(reads.registry()).stream()
                                .flatMap(project -> located(resource, reads, project, query))
                                .toList();
                        return list(resource, reads, query, query.pagingOfAll().of(objects, Located::object), true);
                    }));
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
                            .map(type -> trees(lineage.about(type, name, false)))
                            .orElse(List.of()));
        }
        return relationships;
    }

    private static Map<String, @Nullable Object> relationships(
            RegistryReads reads, RestQuery query, String type, String name) {
        return query.flag("include_relationships")
                ? Map.of(
                        "relationships",
                        trees(Lineage.of(reads.registry(), query.project()).about(type, name, false)))
                : Map.of();
    }

    private static List<Object> trees(List<EntityRelation> relations) {
        return relations.stream().<Object>map(RestResource::tree).toList();
    }

    /** The object with what else the answer tells. */
    private static Map<String, @Nullable Object> with(
            Map<String, @Nullable Object> more, Map<String, @Nullable Object> object) {
        object.putAll(more);
        return object;
    }

    private Map<String, @Nullable Object> entity(RegistryReads reads, RestQuery query, String name) {
        String project = query.project();
        Entity entity = reads.get(RegistryList.ENTITIES, project, name);
        Map<String, @Nullable Object> answer = RestResource.tree(entity);
        answer.put(
                "dataSources",
                reads.sourcesOf(project, name).stream().map(RestResource::tree).toList());
        return with(relationships(reads, query, Lineage.ENTITY, name), answer);
    }

    private Map<String, @Nullable Object> view(RegistryReads reads, RestQuery query, String name) {
        return with(
                relationships(reads, query, Lineage.FEATURE_VIEW, name),
                RestResource.view(reads.anyView(query.project(), name)));
    }

    private Map<String, @Nullable Object> projects(RegistryReads reads, RestQuery query) {
        Page<Project> page = query.paging().of(reads.projects(query.tags()));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("projects", page.objects().stream().map(RestResource::tree).toList());
        answer.put("pagination", RestResource.tree(page.metadata()));
        return answer;
    }

    private Map<String, @Nullable Object> lineage(RegistryReads reads, RestQuery query) {
        Lineage lineage = Lineage.of(reads.registry(), query.project());
        String type = query.filter("filter_object_type");
        String name = query.filter("filter_object_name");
        Page<EntityRelation> direct = query.paging().of(Lineage.filter(lineage.direct(), type, name));
        Page<EntityRelation> indirect = query.paging().of(Lineage.filter(lineage.indirect(), type, name));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("relationships", trees(direct.objects()));
        answer.put("indirectRelationships", trees(indirect.objects()));
        answer.put("relationshipsPagination", RestResource.tree(direct.metadata()));
        answer.put("indirectRelationshipsPagination", RestResource.tree(indirect.metadata()));
        return answer;
    }

    private Map<String, @Nullable Object> aboutObject(RegistryReads reads, RestQuery query, String type, String name) {
        Page<EntityRelation> page = query.paging()
                .of(Lineage.of(reads.registry(), query.project()).about(type, name, query.flag("include_indirect")));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("relationships", trees(page.objects()));
        answer.put("pagination", RestResource.tree(page.metadata()));
        return answer;
    }

    private void get(HttpRules rules, String path, Getter getter) {
        rules.get(path + "/{name}", (request, response) -> {
            String name = request.path().pathParameters().get("name");
            run(request, response, (reads, query) -> getter.answer(reads, query, name));
        });
    }

    /** A status, and the JSON object that goes with it. */
    private record Answer(int status, Map<String, @Nullable Object> body) {}

    private void run(ServerRequest request, ServerResponse response, Route route) {
        Answer answer = admission.enter() ? answer(request, route) : failure(429, admission.refusal(), "HTTPException");
        response.status(Status.create(answer.status())).header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(JsonMapper.shared().writeValueAsBytes(answer.body()));
    }

    private Answer answer(ServerRequest request, Route route) {
        RestQuery query = new RestQuery(request.query());
        try {
            // Before anything but the head of the request is read.
            Caller caller = access.admit(request.headers().first(AUTHORIZATION));
            RegistryReads reads = new RegistryReads(new RegistryAccess(caller, stored.stored()));
            return new Answer(200, route.answer(reads, query));
        } catch (RestQuery.InvalidException e) {
            return failure(
                    e.status(),
                    String.valueOf(e.getMessage()),
                    e.status() == 422 ? "RequestValidationError" : "HTTPException");
        } catch (FeatureStoreException e) {
            return failure(status(e), RegistryErrors.message(e, query.filter("project")), type(e));
        } catch (RuntimeException e) {
            LOG.error("{} failed", request.path().path(), e);
            return failure(500, "The server failed to answer; its log has the reason", "InternalServerError");
        } finally {
            admission.leave();
        }
    }

    private static Answer failure(int status, String detail, String type) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("status_code", status);
        body.put("detail", detail);
        body.put("error_type", type);
        return new Answer(status, body);
    }

    private static int status(FeatureStoreException failure) {
        return switch (failure) {
            case AccessException turnedAway ->
                switch (turnedAway.reason()) {
                    case UNAUTHENTICATED -> 401;
                    case DENIED -> 403;
                };
            case NotFoundException missing -> 404;
            case InvalidRequestException caller -> 422;
            case UnsupportedException caller -> 422;
            case ConflictException overtaken -> 409;
            case StoreException store -> 503;
            case ConfigException server -> 500;
            case InternalException server -> 500;
        };
    }

    private static String type(FeatureStoreException failure) {
        return switch (failure) {
            case AccessException turnedAway -> "FeastPermissionError";
            case NotFoundException missing -> "FeastObjectNotFoundException";
            case InvalidRequestException caller -> "ValidationError";
            case UnsupportedException caller -> "ValidationError";
            case ConflictException overtaken -> "InternalServerError";
            case StoreException store -> "InternalServerError";
            case ConfigException server -> "InternalServerError";
            case InternalException server -> "InternalServerError";
        };
    }
}

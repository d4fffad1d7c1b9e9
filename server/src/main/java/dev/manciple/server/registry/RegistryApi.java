package dev.manciple.server.registry;

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
import dev.manciple.server.Commons;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.Telemetry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import dev.manciple.server.http.Connections;
import dev.manciple.server.http.Patience;
import dev.manciple.server.http.Refusals;
import dev.manciple.server.http.RequestBody;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The routes of Feast's registry REST server (Feast: online serving, 8.2): protobuf's JSON of the objects, wrapped per route.
 * Thread-safe; borrows what it is given.
 */
public final class RegistryApi implements HttpService {
    /** Below which all routes are. */
    public static final String PREFIX = "/api/v1";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryApi.class);

    private static final HeaderName AUTHORIZATION = HeaderNames.create(AccessControl.HEADER);

    private final StoredRegistry stored;
    private final Commons commons;
    private final Admission admission;
    private final Patience patience;
    private final ServerOptions.Limits limits;
    private final RestWrites writes;
    private final RestDatasets datasets;

    /** What is asked for by which methods; filled while the routes are told. */
    private final Map<String, List<String>> methods = new LinkedHashMap<>();

    /**
     * @param datasets not closed
     * @param patience for bodies that do not come
     * @param clock the source of the times recorded in the registry
     */
    public RegistryApi(
            StoredRegistry stored,
            Datasets datasets,
            Commons commons,
            Admission admission,
            Patience patience,
            ServerOptions.Limits limits,
            InstantSource clock) {
        this.stored = stored;
        this.commons = commons;
        this.admission = admission;
        this.patience = patience;
        this.limits = limits;
        this.writes = new RestWrites(new RegistryWrites(stored, clock));
        this.datasets = new RestDatasets(datasets);
    }

    /** A status, and the JSON object that goes with it. */
    private record Answer(int status, Map<String, @Nullable Object> body) {}

    /** A route for whoever was let in. */
    @FunctionalInterface
    private interface Guarded {
        Answer answer(Caller caller, RestQuery query, RequestBody body) throws IOException;
    }

    @Override
    public void routing(HttpRules rules) {
        datasets.reading()
                .forEach((path, reading) -> route(
                        rules,
                        Method.GET,
                        path,
                        (caller, query, body) -> new Answer(200, reading.answer(caller, query))));
        route(
                rules,
                Method.POST,
                RestDatasets.CREATE,
                (caller, query, body) -> new Answer(200, datasets.create(caller, object(body))));
        RestObjects.routes().forEach((path, route) -> read(rules, path, route));
        RestLineage.routes().forEach((path, route) -> read(rules, path, route));
        RestCounts.routes().forEach((path, route) -> read(rules, path, route));
        read(rules, RestSearch.PATH, RestSearch::answer);
        writes.applying().forEach((path, applying) -> apply(rules, path, applying));
        writes.deleting().forEach((path, deleting) -> delete(rules, path, deleting));
        // Every read sees what is stored by then.
        route(rules, Method.POST, "/registry/refresh", (caller, query, body) -> new Answer(200, new LinkedHashMap<>()));
        refuseOtherMethods(rules);
    }

    /** After all routes: the name of an object may read like a word of another route. */
    private void refuseOtherMethods(HttpRules rules) {
        methods.keySet().forEach(path -> {
            String[] right = methods.entrySet().stream()
                    .filter(other -> covers(other.getKey(), path))
                    .flatMap(other -> other.getValue().stream())
                    .distinct()
                    .sorted()
                    .toArray(String[]::new);
            rules.any(path, (request, response) -> Refusals.wrongMethod(request, response, right));
        });
    }

    /** Whether every request to a path fits another path, some of whose segments stand for any. */
    private static boolean covers(String other, String path) {
        String[] any = other.split("/", -1);
        String[] segments = path.split("/", -1);
        return any.length == segments.length
                && IntStream.range(0, any.length).allMatch(i -> any[i].startsWith("{") || any[i].equals(segments[i]));
    }

    private void read(HttpRules rules, String path, RestRoute route) {
        route(rules, Method.GET, path, (caller, query, body) -> new Answer(200, route.answer(reads(caller), query)));
    }

    private RegistryReads reads(Caller caller) {
        return new RegistryReads(new RegistryAccess(caller, stored.stored()));
    }

    private void apply(HttpRules rules, String path, RestWrites.Applying applying) {
        route(rules, Method.POST, path, (caller, query, body) -> {
            RestBody object = object(body);
            String project = object.project();
            String name = object.name();
            applying.apply(caller, reads(caller), object);
            return new Answer(201, done(name, project, "applied"));
        });
    }

    private RestBody object(RequestBody body) throws IOException {
        if (!body.isThere()) {
            throw RestBody.invalid("The request needs a body, a JSON object");
        }
        return RestBody.parse(body.read(limits.bodyBytes()));
    }

    private void delete(HttpRules rules, String path, RestWrites.Deleting deleting) {
        // The word Feast has for this one list.
        String deleted = path.equals(RestWrites.SAVED_DATASETS) ? "ok" : "deleted";
        route(rules, Method.DELETE, path + "/{name}", (caller, query, body) -> {
            deleting.delete(caller, query.project(), query.name());
            return new Answer(200, done(query.name(), query.project(), deleted));
        });
    }

    private static Map<String, @Nullable Object> done(String name, String project, String status) {
        Map<String, @Nullable Object> done = new LinkedHashMap<>();
        done.put("name", name);
        done.put("project", project);
        done.put("status", status);
        return done;
    }

    private void route(HttpRules rules, Method method, String path, Guarded route) {
        methods.computeIfAbsent(path, any -> new ArrayList<>()).add(method.text());
        Telemetry.Route observed = commons.telemetry().route(method.text() + " " + PREFIX + path);
        rules.route(method, path, (request, response) -> {
            RequestBody body = new RequestBody(request, patience);
            observed.answer(name -> request.headers().first(HeaderNames.create(name)), told -> {
                Answer answer = admission.enter()
                        ? answer(request, body, route, told)
                        : failure(429, admission.refusal(), "HTTPException");
                if (admission.draining() || answer.status() == 413) {
                    Connections.endAfter(response);
                }
                if (answer.status() == 429) {
                    Connections.comeBackSoon(response);
                }
                send(response, answer);
                return Telemetry.Outcome.ofHttp(answer.status());
            });
            body.discard();
        });
    }

    private static void send(ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status())).header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(JsonMapper.shared().writeValueAsBytes(answer.body()));
    }

    private Answer answer(ServerRequest request, RequestBody body, Guarded route, Telemetry.Request told) {
        RestQuery query = new RestQuery(request.query(), request.path().pathParameters());
        try {
            // Before anything but the head of the request is read.
            Caller caller = told.isFrom(commons.access().admit(request.headers().first(AUTHORIZATION)));
            return route.answer(caller, query, body);
        } catch (RestQuery.InvalidException e) {
            return failure(
                    e.status(),
                    String.valueOf(e.getMessage()),
                    e.status() == 422 ? "RequestValidationError" : "HTTPException");
        } catch (FeatureStoreException e) {
            return failure(status(e), RegistryErrors.message(e, query.filter("project")), type(e));
        } catch (RequestBody.TooLargeException e) {
            return failure(413, String.valueOf(e.getMessage()), "HTTPException");
        } catch (IOException e) {
            throw new CloseConnectionException("The client went away, or was silent for too long", e);
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

    /** What makes no sense is 422 here, to which Feast's other server says 400. */
    private static int status(FeatureStoreException failure) {
        int status = FeastErrors.status(failure);
        return status == 400 ? 422 : status;
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

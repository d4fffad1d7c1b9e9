package dev.manciple.server.http;

import dev.manciple.DocumentQuery;
import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.error.AccessException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.Admission;
import dev.manciple.server.Backend;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.Frames;
import dev.manciple.server.KnownNames;
import dev.manciple.server.Metrics;
import dev.manciple.server.MetricsServer;
import dev.manciple.server.OfflinePushQueue;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.Telemetry;
import dev.manciple.server.Writing;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Caller;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of Feast's feature server (Feast: online serving, 4). Thread-safe; borrows everything it is given. Requests beyond
 * the limits are answered at once, with 429 or 413, before their body is decoded.
 */
public final class HttpApi implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final HeaderName AUTHORIZATION = HeaderNames.create(AccessControl.HEADER);

    /** Keys of Feast's second version of a search. */
    private static final List<String> UNSUPPORTED_IN_SEARCH = List.of("query_string", "filters");

    private static final Set<String> OFFLINE_TARGETS = Set.of("offline", "online_and_offline");

    private final FeatureStore store;
    private final Backend backend;
    private final ServerOptions.Limits limits;
    private final Admission admission;
    private final Metrics metrics;
    private final Patience patience;
    private final MaterializeRoutes materializing;
    private final OnlineStoreRoutes onlineStore;
    private final Selections selections = new Selections();
    private final KnownNames names = new KnownNames(OnlineJson::names);

    /** @param patience for bodies that do not come */
    public HttpApi(Backend backend, Patience patience) {
        this.store = backend.store();
        this.backend = backend;
        this.limits = backend.options().limits();
        this.admission = backend.admission();
        this.metrics = backend.metrics();
        this.patience = patience;
        this.materializing = new MaterializeRoutes(backend);
        this.onlineStore = new OnlineStoreRoutes(backend, patience);
    }

    @Override
    public void routing(HttpRules rules) {
        selecting(rules, "/get-online-features", this::onlineFeatures);
        selecting(rules, "/search", this::search);
        // The older name, which Feast's client asks for where it does not find the newer one.
        selecting(rules, "/retrieve-online-documents", this::search);
        post(rules, "/push", this::push);
        post(rules, "/write-to-online-store", this::write);
        post(rules, "/materialize", materializing::window);
        post(rules, "/materialize-incremental", materializing::incremental);
        get(rules, MaterializeRoutes.JOBS, materializing::all);
        get(rules, MaterializeRoutes.JOBS + "/{id}", materializing::job);
        get(rules, OnlineStoreRoutes.ROOT, onlineStore::describe);
        onlineStore.all().forEach((path, route) -> message(rules, path, route));
        probe(rules, "/health", this::health);
        probe(rules, "/ready", this::ready);
        probe(rules, "/live", (request, response) -> answer(response, true));
        probe(rules, MetricsServer.PATH, MetricsServer.handler(metrics));
        rules.get("/openapi.json", (request, response) -> Answers.json(response, 200, OpenApi.document()));
    }

    /** A route that takes a JSON object. */
    private interface Route {
        void handle(Caller caller, Json body, ServerRequest request, ServerResponse response);
    }

    /** A route without a body. */
    private interface Getter {
        void handle(Caller caller, ServerRequest request, ServerResponse response);
    }

    /** A route for whoever was let in. */
    private interface Guarded {
        void handle(Caller caller, RequestBody body, ServerRequest request, ServerResponse response) throws IOException;
    }

    private void post(HttpRules rules, String path, Route route) {
        guarded(
                rules,
                path,
                (caller, body, request, response) -> route.handle(caller, Json.parse(bytes(body)), request, response));
    }

    /** A route whose body selects features. */
    private void selecting(HttpRules rules, String path, Route route) {
        guarded(
                rules,
                path,
                (caller, body, request, response) ->
                        route.handle(caller, Json.parse(bytes(body), Selections.FEATURES), request, response));
    }

    /** A route of the online store's, that takes a message. */
    private void message(HttpRules rules, String path, OnlineStoreRoutes.Route route) {
        guarded(rules, path, (caller, body, request, response) -> {
            onlineStore.requireProject(request);
            route.handle(caller, bytes(body), response);
        });
    }

    private void guarded(HttpRules rules, String path, Guarded route) {
        Telemetry.Route observed = backend.telemetry().route(path);
        rules.post(path, (request, response) -> run(request, response, route, observed));
        rules.any(path, (request, response) -> Refusals.wrongMethod(request, response, "POST"));
    }

    private void get(HttpRules rules, String path, Getter route) {
        Telemetry.Route observed = backend.telemetry().route(path);
        rules.get(
                path,
                (request, response) -> run(
                        request,
                        response,
                        (caller, body, asked, answer) -> route.handle(caller, asked, answer),
                        observed));
        rules.any(path, (request, response) -> Refusals.wrongMethod(request, response, "GET"));
    }

    /** A route for those who watch the server; load balancers ask for the head of its answer. */
    private static void probe(HttpRules rules, String path, Handler handler) {
        rules.get(path, handler)
                .head(path, handler)
                .any(path, (request, response) -> Refusals.wrongMethod(request, response, "GET", "HEAD"));
    }

    private void run(ServerRequest request, ServerResponse response, Guarded route, Telemetry.Route observed) {
        RequestBody body = new RequestBody(request, patience);
        observed.answer(name -> request.headers().first(HeaderNames.create(name)), told -> {
            admit(request, body, response, route, told);
            return Telemetry.Outcome.ofHttp(response.status().code());
        });
        body.discard();
    }

    private void admit(
            ServerRequest request, RequestBody body, ServerResponse response, Guarded route, Telemetry.Request told) {
        if (admission.draining()) {
            Connections.endAfter(response);
        }
        if (admission.enter()) {
            try {
                handle(request, body, response, route, told);
            } finally {
                admission.leave();
            }
        } else {
            Connections.comeBackSoon(response);
            Answers.text(response, 429, admission.refusal());
        }
    }

    private void handle(
            ServerRequest request, RequestBody body, ServerResponse response, Guarded route, Telemetry.Request told) {
        try {
            // Before anything but the head of the request is read.
            Caller caller = told.isFrom(backend.access().admit(request.headers().first(AUTHORIZATION)));
            route.handle(caller, body, request, response);
        } catch (BadInputException e) {
            Answers.badInput(response, e);
        } catch (AccessException e) {
            Answers.turnedAway(response, e);
        } catch (FeatureStoreException e) {
            if (FeastErrors.isOurs(e)) {
                LOG.warn("{} failed: {}", request.path().path(), FeastErrors.logged(e));
                LOG.debug("Why {} failed", request.path().path(), e);
            }
            Answers.failure(response, e);
        } catch (RequestBody.TooLargeException e) {
            // Not all of what is left of the body may be taken, so the connection is of no further use.
            Connections.endAfter(response);
            Answers.text(response, 413, String.valueOf(e.getMessage()));
        } catch (CloseConnectionException e) {
            throw e;
        } catch (IOException | UncheckedIOException | SocketWriterException e) {
            throw new CloseConnectionException("The client went away, or was silent for too long", e);
        } catch (RuntimeException e) {
            LOG.error("{} failed", request.path().path(), e);
            Answers.text(response, 500, "The server failed to answer; its log has the reason");
        }
    }

    private byte[] bytes(RequestBody body) throws IOException {
        if (!body.isThere()) {
            throw BadInputException.body("missing", "Field required", null);
        }
        return body.read(limits.bodyBytes());
    }

    private void onlineFeatures(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        FeatureSelection selection = selections.of(body);
        backend.checks().read(caller, selection, Action.READ_ONLINE);
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        body.columns("entities", limits.rows())
                .forEach((column, cells) -> entities.put(
                        column, cells.stream().map(ValueJson::fromJson).toList()));
        OnlineFeatures answer = backend.read(() -> store.onlineFeatures(selection, entities, options(body)));
        metrics.onlineRead(
                entities.isEmpty() ? 1 : entities.values().iterator().next().size());
        metrics.told(answer);
        Answers.json(response, 200, OnlineJson.of(answer, detailsAsOf(body), names));
    }

    private OnlineOptions options(Json body) {
        return new OnlineOptions(
                body.flag("full_feature_names", false),
                false,
                backend.options().conduct().feastStatuses(),
                true);
    }

    /** A key of Manciple's own; Feast's clients do not send it. */
    private Optional<Instant> detailsAsOf(Json body) {
        return body.flag("include_details", false) ? Optional.of(backend.clock().instant()) : Optional.empty();
    }

    /** By vector only: ranking text, and filters, need an index of the store's. */
    private void search(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        FeatureSelection selection = selections.of(body);
        backend.checks().read(caller, selection, Action.READ_ONLINE);
        if (body.whole("api_version").orElse(1) >= 2) {
            for (String key : UNSUPPORTED_IN_SEARCH) {
                if (body.has(key)) {
                    throw new UnsupportedException(
                            "Manciple",
                            "SEARCH_" + key,
                            "'%s' in a search; it finds the nearest vectors".formatted(key));
                }
            }
        }
        List<Float> vector = body.numbers("query")
                .orElseThrow(() -> new InvalidRequestException("A search needs 'query', a list of numbers"));
        int topK = body.whole("top_k").orElseThrow(() -> new InvalidRequestException("A search needs 'top_k'"));
        if (topK > limits.rows()) {
            throw new InvalidRequestException(
                    "top_k is %,d; one request may ask for %,d rows".formatted(topK, limits.rows()));
        }
        DocumentQuery query = new DocumentQuery(selection, vector, topK, body.text("distance_metric"), options(body));
        OnlineFeatures answer = backend.read(() -> store.search(query));
        Answers.json(response, 200, OnlineJson.of(answer, detailsAsOf(body), names));
    }

    private void push(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        String source = body.requiredText("push_source_name");
        String to = body.text("to").orElse("online");
        backend.checks().push(caller, source, cached(body), Writing.actions(to));
        Map<String, List<?>> columns = body.columns("df", limits.rows());
        Optional<OfflinePushQueue> queue = backend.offlinePushes().filter(gathers -> OFFLINE_TARGETS.contains(to));
        boolean later = queue.isPresent();
        queue.ifPresent(gathers -> gathers.check(source, cached(body), columns));
        if (!later || !to.equals("offline")) {
            backend.writing()
                    .push(
                            source,
                            later ? "online" : to,
                            cached(body),
                            (views, target) -> Frames.ofJson(backend.allocator(), views, target, columns));
        }
        queue.ifPresent(gathers -> gathers.add(source, columns));
        metrics.push(source, to);
        response.status(later ? Status.ACCEPTED_202 : Status.OK_200);
        response.send();
    }

    private void write(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        String view = body.requiredText("feature_view_name");
        backend.checks().views(caller, List.of(view), EnumSet.of(Action.WRITE_ONLINE));
        Map<String, List<?>> columns = body.columns("df", limits.rows());
        backend.writing()
                .writeOnline(view, cached(body), (views, to) -> Frames.ofJson(backend.allocator(), views, to, columns));
        Answers.done(response);
    }

    private static boolean cached(Json body) {
        return body.flag("allow_registry_cache", true);
    }

    /** Whether the registry can be read, which Feast's server calls its health. */
    private void health(ServerRequest request, ServerResponse response) {
        answer(response, readsRegistry());
    }

    /**
     * Whether new requests should be sent here: not while the process ends. A registry that cannot be read now is no reason, since
     * the last good one is served.
     */
    private void ready(ServerRequest request, ServerResponse response) {
        answer(response, !admission.draining());
    }

    private static void answer(ServerResponse response, boolean good) {
        response.status(good ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
        response.send();
    }

    private boolean readsRegistry() {
        try {
            store.registry();
            return true;
        } catch (FeatureStoreException e) {
            LOG.warn("The registry cannot be read: {}", FeastErrors.logged(e));
            LOG.debug("Why the registry cannot be read", e);
            return false;
        }
    }
}

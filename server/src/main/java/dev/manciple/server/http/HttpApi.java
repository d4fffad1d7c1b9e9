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
import dev.manciple.server.Metrics;
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
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
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
    private static final int MOST_DISCARDED = 256 << 10;
    private static final HeaderName AUTHORIZATION = HeaderNames.create(AccessControl.HEADER);
    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");

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

    /** @param patience for bodies that do not come */
    public HttpApi(Backend backend, Patience patience) {
        this.store = backend.store();
        this.backend = backend;
        this.limits = backend.options().limits();
        this.admission = backend.admission();
        this.metrics = backend.metrics();
        this.patience = patience;
        this.materializing = new MaterializeRoutes(backend);
        this.onlineStore = new OnlineStoreRoutes(backend);
    }

    @Override
    public void routing(HttpRules rules) {
        post(rules, "/get-online-features", this::onlineFeatures);
        post(rules, "/search", this::search);
        // The older name, which Feast's client asks for where it does not find the newer one.
        post(rules, "/retrieve-online-documents", this::search);
        post(rules, "/push", this::push);
        post(rules, "/write-to-online-store", this::write);
        post(rules, "/materialize", materializing::window);
        post(rules, "/materialize-incremental", materializing::incremental);
        get(rules, MaterializeRoutes.JOBS, materializing::all);
        get(rules, MaterializeRoutes.JOBS + "/{id}", materializing::job);
        get(rules, OnlineStoreRoutes.ROOT, onlineStore::describe);
        onlineStore.all().forEach((path, route) -> message(rules, path, route));
        rules.get("/health", this::health)
                .get("/ready", this::ready)
                .get("/live", (request, response) -> answer(response, true))
                .get("/metrics", this::metrics)
                .get("/openapi.json", (request, response) -> Answers.json(response, 200, OpenApi.document()));
    }

    /** A route that takes a JSON object. */
    private interface Route {
        void handle(Caller caller, Json body, ServerRequest request, ServerResponse response);
    }

    /** A route for whoever was let in. */
    interface Guarded {
        void handle(Caller caller, ServerRequest request, ServerResponse response) throws IOException;
    }

    private void post(HttpRules rules, String path, Route route) {
        Telemetry.Route observed = backend.telemetry().route(path);
        rules.post(
                path,
                (request, response) -> run(
                        request,
                        response,
                        (caller, asked, answer) -> route.handle(caller, Json.parse(body(asked)), asked, answer),
                        observed));
    }

    /** A route of the online store's, that takes a message. */
    private void message(HttpRules rules, String path, OnlineStoreRoutes.Route route) {
        Telemetry.Route observed = backend.telemetry().route(path);
        Guarded guarded = (caller, request, response) -> {
            onlineStore.requireProject(request);
            route.handle(caller, body(request), response);
        };
        rules.post(path, (request, response) -> run(request, response, guarded, observed));
    }

    /** A route without a body. */
    private void get(HttpRules rules, String path, Guarded route) {
        Telemetry.Route observed = backend.telemetry().route(path);
        rules.get(path, (request, response) -> run(request, response, route, observed));
    }

    private void run(ServerRequest request, ServerResponse response, Guarded route, Telemetry.Route observed) {
        observed.answer(name -> request.headers().first(HeaderNames.create(name)), () -> {
            admit(request, response, route);
            int status = response.status().code();
            return new Telemetry.Outcome(status, status >= 500);
        });
    }

    private void admit(ServerRequest request, ServerResponse response, Guarded route) {
        if (admission.draining()) {
            lastOfConnection(request, response);
        }
        if (admission.enter()) {
            try {
                handle(request, response, route);
            } finally {
                admission.leave();
            }
        } else {
            response.header(RETRY_AFTER, "1");
            Answers.text(response, 429, admission.refusal());
        }
    }

    private void handle(ServerRequest request, ServerResponse response, Guarded route) {
        try {
            // Before anything but the head of the request is read.
            Caller caller = backend.access().admit(request.headers().first(AUTHORIZATION));
            route.handle(caller, request, response);
        } catch (BadBodyException e) {
            Answers.badBody(response, e);
        } catch (AccessException e) {
            Answers.turnedAway(response, e);
            discardBody(request);
        } catch (FeatureStoreException e) {
            if (FeastErrors.isOurs(e)) {
                LOG.warn("{} failed: {}", request.path().path(), e.getMessage());
            }
            Answers.failure(response, e);
            discardBody(request);
        } catch (TooLargeException e) {
            // What is left of the body is not read, so the connection is of no further use.
            lastOfConnection(request, response);
            Answers.text(
                    response,
                    413,
                    "The body has more than %,d bytes, as many as one request may have; send several requests"
                            .formatted(limits.bodyBytes()));
        } catch (CloseConnectionException e) {
            throw e;
        } catch (IOException | UncheckedIOException | SocketWriterException e) {
            throw new CloseConnectionException("The client went away, or was silent for too long", e);
        } catch (RuntimeException e) {
            LOG.error("{} failed", request.path().path(), e);
            Answers.text(response, 500, "The server failed to answer; its log has the reason");
        }
    }

    /**
     * Takes what a client sends beside a request that was answered already: many clients read no answer before they have sent all.
     * Not for long, and not much; else the connection ends.
     */
    private void discardBody(ServerRequest request) {
        if (!request.content().hasEntity() || request.content().consumed()) {
            return;
        }
        int discarded;
        try {
            discarded = patience.read(request.content().inputStream(), MOST_DISCARDED + 1).length;
        } catch (IOException | RuntimeException e) {
            throw new CloseConnectionException("The body of a request that was turned away does not come", e);
        }
        if (discarded > MOST_DISCARDED) {
            throw new CloseConnectionException("A request that was turned away has a large body");
        }
    }

    /** Ends the connection with this answer; HTTP/2 has no word for it. */
    private static void lastOfConnection(ServerRequest request, ServerResponse response) {
        if (request.prologue().protocolVersion().startsWith("1")) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
    }

    /** @throws TooLargeException before or while reading, so that no more than the limit is held */
    private byte[] body(ServerRequest request) throws IOException {
        if (!request.content().hasEntity()) {
            throw new BadBodyException("body", "Field required");
        }
        int limit = (int) Math.min(limits.bodyBytes(), Integer.MAX_VALUE - 16);
        if (request.headers().contentLength().orElse(0) > limit) {
            throw new TooLargeException();
        }
        byte[] body = read(request, limit + 1);
        if (body.length > limit) {
            throw new TooLargeException();
        }
        return body;
    }

    private byte[] read(ServerRequest request, int maxBytes) throws IOException {
        try {
            return patience.read(request.content().inputStream(), maxBytes);
        } catch (RuntimeException e) {
            // The HTTP server's stream says so, with exceptions of its own, where a body ends before its length.
            throw new IOException("The body did not come whole", e);
        }
    }

    /** The body is larger than the limit. */
    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void onlineFeatures(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        FeatureSelection selection = selection(body);
        backend.checks().read(caller, selection, Action.READ_ONLINE);
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        body.columns("entities", limits.rows())
                .forEach((column, cells) -> entities.put(
                        column, cells.stream().map(ValueJson::fromJson).toList()));
        OnlineFeatures answer = store.onlineFeatures(selection, entities, options(body));
        metrics.onlineRead(
                entities.isEmpty() ? 1 : entities.values().iterator().next().size());
        metrics.unanswered(answer.failures());
        Answers.json(response, 200, OnlineJson.of(answer, detailsAsOf(body)));
    }

    private OnlineOptions options(Json body) {
        return new OnlineOptions(
                body.flag("full_feature_names", false),
                false,
                backend.options().conduct().feastStatuses());
    }

    /** A key of Manciple's own; Feast's clients do not send it. */
    private Optional<Instant> detailsAsOf(Json body) {
        return body.flag("include_details", false) ? Optional.of(backend.clock().instant()) : Optional.empty();
    }

    /** By vector only: ranking text, and filters, need an index of the store's. */
    private void search(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        FeatureSelection selection = selection(body);
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
        OnlineFeatures answer =
                store.search(new DocumentQuery(selection, vector, topK, body.text("distance_metric"), options(body)));
        Answers.json(response, 200, OnlineJson.of(answer, detailsAsOf(body)));
    }

    private static FeatureSelection selection(Json body) {
        Optional<String> service = body.text("feature_service");
        if (service.isPresent()) {
            return new FeatureSelection.Service(service.get());
        }
        List<String> references = body.texts("features");
        if (references.isEmpty()) {
            throw new InvalidRequestException("Neither 'features' nor 'feature_service' says what to read");
        }
        return FeatureSelection.parse(references);
    }

    private void push(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        String source = body.requiredText("push_source_name");
        String to = body.text("to").orElse("online");
        backend.checks().push(caller, source, cached(body), Writing.actions(to));
        Map<String, List<?>> columns = body.columns("df", limits.rows());
        boolean later = OFFLINE_TARGETS.contains(to) && backend.offlinePushes().isPresent();
        backend.offlinePushes().filter(queue -> later).ifPresent(queue -> queue.add(source, cached(body), columns));
        if (!later || !to.equals("offline")) {
            backend.writing()
                    .push(
                            source,
                            later ? "online" : to,
                            cached(body),
                            views -> Frames.ofJson(backend.allocator(), views, columns));
        }
        metrics.push(source, to);
        response.status(later ? Status.ACCEPTED_202 : Status.OK_200);
        response.send();
    }

    private void write(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        String view = body.requiredText("feature_view_name");
        backend.checks().views(caller, List.of(view), EnumSet.of(Action.WRITE_ONLINE));
        Map<String, List<?>> columns = body.columns("df", limits.rows());
        backend.writing().writeOnline(view, cached(body), views -> Frames.ofJson(backend.allocator(), views, columns));
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
            LOG.warn("The registry cannot be read: {}", e.getMessage());
            return false;
        }
    }

    /** Answers with the metrics; for a listener that has nothing else. */
    public void metrics(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        response.send(metrics.text());
    }
}

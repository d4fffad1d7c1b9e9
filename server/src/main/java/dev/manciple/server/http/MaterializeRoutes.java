package dev.manciple.server.http;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.ValueType;
import dev.manciple.server.Backend;
import dev.manciple.server.MaterializeJobs;
import dev.manciple.server.auth.AccessChecks;
import dev.manciple.server.auth.Caller;
import dev.manciple.spi.Value;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Feast's routes of materialization (Feast: online serving, 4.6). With {@code async=true} a run is a job that is answered with 202
 * and can be asked about, unless another run is busy with one of its views and {@code force=true} is not said.
 */
final class MaterializeRoutes {
    static final String JOBS = "/materialize/jobs";
    private static final Set<Action> WRITING = Set.of(Action.WRITE_ONLINE);
    private static final String ACTIVE = "latest";
    private static final HeaderName LOCATION = HeaderNames.create("Location");

    private final MaterializeJobs jobs;
    private final InstantSource clock;
    private final AccessChecks checks;

    MaterializeRoutes(Backend backend) {
        this.jobs = backend.jobs();
        this.clock = backend.clock();
        this.checks = backend.checks();
    }

    void window(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        boolean everything = body.flag("disable_event_timestamp", false);
        Instant now = clock.instant();
        Optional<Instant> start = everything ? Optional.of(Instant.EPOCH) : time(body, "start_ts");
        Optional<Instant> end = everything ? Optional.of(now) : time(body, "end_ts");
        if (start.isEmpty() || end.isEmpty()) {
            throw new InvalidRequestException("start_ts and end_ts are required when disable_event_timestamp is False");
        }
        if (!start.get().isBefore(end.get())) {
            throw new InvalidRequestException(
                    "start_ts (%s) must be before end_ts (%s)".formatted(start.get(), end.get()));
        }
        run(
                caller,
                body,
                request,
                response,
                (store, views, listener) -> store.materialize(start.get(), end.get(), views, listener));
    }

    void incremental(Caller caller, Json body, ServerRequest request, ServerResponse response) {
        Instant end = time("end_ts", body.requiredText("end_ts"));
        run(
                caller,
                body,
                request,
                response,
                (store, views, listener) -> store.materializeIncremental(end, views, listener));
    }

    private void run(
            Caller caller, Json body, ServerRequest request, ServerResponse response, MaterializeJobs.Run run) {
        boolean async = flag(request, "async");
        boolean force = flag(request, "force");
        requireActiveVersion(body);
        List<String> views = checks.materialize(
                caller, body.has("feature_views") ? Optional.of(body.texts("feature_views")) : Optional.empty());
        if (!async) {
            jobs.run(views, run);
            Answers.done(response);
            return;
        }
        switch (jobs.submit(views, force, run)) {
            case MaterializeJobs.Order.Accepted(MaterializeJobs.Job job) -> {
                response.header(LOCATION, JOBS + "/" + job.id());
                Map<String, Object> answer = new LinkedHashMap<>();
                answer.put("status", "accepted");
                answer.put("feature_views", job.views());
                answer.put("job_id", job.id());
                Answers.json(response, 202, answer);
            }
            case MaterializeJobs.Order.Busy(List<String> busy) -> {
                Map<String, Object> answer = new LinkedHashMap<>();
                answer.put(
                        "error",
                        "These feature views are being materialized already: %s. Wait for the run to end, or start another beside it with ?force=true"
                                .formatted(String.join(", ", busy)));
                answer.put("feature_views", busy);
                Answers.json(response, 409, answer);
            }
        }
    }

    /** The words that Feast's server takes for yes and no; of several the last counts. */
    private static boolean flag(ServerRequest request, String name) {
        List<String> given = request.query().all(name, List::of);
        if (given.isEmpty()) {
            return false;
        }
        String last = given.getLast();
        return switch (last.toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "on", "1" -> true;
            case "false", "f", "no", "n", "off", "0" -> false;
            default ->
                throw BadInputException.query(
                        name,
                        "bool_parsing",
                        "Input should be a valid boolean, such as true or false, was '%s' in the query"
                                .formatted(last));
        };
    }

    /** Online stores keep the values of one version of a view: the active one. */
    private static void requireActiveVersion(Json body) {
        body.text("version").filter(version -> !version.equals(ACTIVE)).ifPresent(version -> {
            throw new InvalidRequestException(
                    "version '%s' cannot be materialized: only the active definition of a feature view can. Leave version out, or write '%s'"
                            .formatted(version, ACTIVE));
        });
    }

    private static Optional<Instant> time(Json body, String key) {
        return body.text(key).map(text -> time(key, text));
    }

    private static Instant time(String key, String text) {
        if (ArrowValues.convert(new Value.Text(text), ValueType.Scalar.UNIX_TIMESTAMP, key)
                instanceof Value.Time(Instant time)) {
            return time;
        }
        throw new InvalidRequestException("%s is '%s', which is no time".formatted(key, text));
    }

    /** For those who may start the like. */
    void job(Caller caller, ServerRequest request, ServerResponse response) {
        MaterializeJobs.Job job = jobs.job(request.path().pathParameters().get("id"));
        checks.views(caller, job.views(), WRITING);
        Answers.json(response, 200, tree(job));
    }

    void all(Caller caller, ServerRequest request, ServerResponse response) {
        Answers.json(
                response,
                200,
                Map.of(
                        "jobs",
                        jobs.all().stream()
                                .filter(job -> checks.mayAll(caller, job.views(), WRITING))
                                .map(MaterializeRoutes::tree)
                                .toList()));
    }

    private static Map<String, Object> tree(MaterializeJobs.Job job) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("job_id", job.id());
        tree.put("status", job.state().name().toLowerCase(Locale.ROOT));
        tree.put("feature_views", job.views());
        tree.put("accepted_at", job.accepted().toString());
        job.ended().ifPresent(end -> tree.put("ended_at", end.toString()));
        tree.put("rows", job.rows());
        tree.put("errors", job.failures());
        return tree;
    }
}

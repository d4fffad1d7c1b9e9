package dev.manciple.server.flight;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.server.Admission;
import dev.manciple.spi.internal.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightMethod;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The calls of Feast's offline server (Feast: online serving, 7): a command with its rows is put, and where it is answered with
 * rows they are asked for by the command's own bytes, which serve as the ticket. Whatever becomes of it, an answer is given once.
 */
final class OfflineProducer implements FlightProducer {
    /** Feast's actions, which no client performs, and the names of what clients of Manciple may ask beyond Feast's protocol. */
    private static final Map<String, String> ACTIONS = Map.of(
            "offline_write_batch", "Appends rows to the batch source of a feature view; sent as a put.",
            "write_logged_features", "Appends logs of served features where a feature service logs to; sent as a put.",
            "persist", "Runs a retrieval and writes its rows to a registered data source; sent as a put.",
            "join_key_maps", "A parameter of get_historical_features, parallel to feature_view_names.",
            "event_timestamp_column", "A parameter of get_historical_features: the time in the rows of entity_df_sql.",
            "filter_by_created_timestamp", "A parameter of get_historical_features: leave out what was not known then.",
            "target_data_source_name",
                    "A parameter of persist: where to, for retrievals that name a source themselves.");

    private final OfflineCalls calls;
    private final OfflinePermissions permissions;
    private final Resources resources;
    private final Admission admission;
    private final ObservedCalls observed;
    private final OfflineServerOptions.Limits limits;

    OfflineProducer(
            OfflineCalls calls,
            OfflinePermissions permissions,
            Resources resources,
            Admission admission,
            ObservedCalls observed,
            OfflineServerOptions.Limits limits) {
        this.calls = calls;
        this.permissions = permissions;
        this.resources = resources;
        this.admission = admission;
        this.observed = observed;
        this.limits = limits;
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream sent, StreamListener<PutResult> answers) {
        return () -> observed.run(FlightMethod.DO_PUT, CallerMiddleware.of(context), call -> {
            enter();
            try {
                put(context, sent, call);
            } finally {
                admission.leave();
            }
        });
    }

    private void put(CallContext context, FlightStream sent, ObservedCalls.Call call) {
        try (Watchdog.Watched watched = resources.watchdog().watch(context::isCancelled, limits.abandoned())) {
            try {
                FlightDescriptor descriptor = sent.getDescriptor();
                Command command = CommandReader.read(command(descriptor));
                call.isAbout(command);
                permissions.check(call.caller(), command);
                Optional<Spool.Rows> rows =
                        resources.spool().receive(sent, calls.wholeNumberKeys(command), watched::heard);
                watched.heardAll();
                rows.ifPresent(all -> call.received(all.count()));
                switch (command) {
                    case Command.Get get ->
                        resources.uploads().put(new Upload(call.caller().name(), descriptor, get, rows));
                    case Command.Put put -> {
                        try {
                            calls.carryOut(put, rows.map(Spool.Rows::file));
                        } finally {
                            rows.ifPresent(Spool.Rows::close);
                        }
                    }
                }
            } catch (RuntimeException e) {
                throw watched.interrupted()
                        ? FlightErrors.timedOut("The client went, or sent nothing for "
                                + Counted.of(limits.abandoned().toSeconds(), "second"))
                        : e;
            }
        }
    }

    private static byte[] command(FlightDescriptor descriptor) {
        if (!descriptor.isCommand()) {
            throw new InvalidRequestException(
                    "The flight '%s' is named by a path; the offline server knows commands only".formatted(descriptor));
        }
        return descriptor.getCommand();
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        List<FlightInfo> infos = new ArrayList<>(1);
        observed.run(
                FlightMethod.GET_FLIGHT_INFO, CallerMiddleware.of(context), call -> infos.add(info(descriptor, call)));
        return infos.getFirst();
    }

    private FlightInfo info(FlightDescriptor descriptor, ObservedCalls.Call call) {
        Upload upload =
                resources.uploads().find(call.caller().name(), descriptor).orElseThrow(OfflineProducer::notFound);
        call.isAbout(upload.command());
        try {
            return info(answer(upload).schema().get(), descriptor);
        } catch (RuntimeException e) {
            // Whoever is told that it failed does not come back for it.
            resources.uploads().take(upload.owner(), descriptor.getCommand()).ifPresent(Upload::close);
            throw e;
        }
    }

    private Answer answer(Upload upload) {
        return upload.answer(() -> upload.asSent(calls.answer(upload.command(), upload.file())));
    }

    /** Without a place to go to: who asks here is here already. */
    private static FlightInfo info(Schema schema, FlightDescriptor descriptor) {
        FlightEndpoint endpoint = new FlightEndpoint(new Ticket(descriptor.getCommand()));
        return new FlightInfo(schema, descriptor, List.of(endpoint), -1, -1);
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener client) {
        AnswerStream stream = new AnswerStream(client, limits.stalled());
        CallerMiddleware from = CallerMiddleware.of(context);
        String caller = from.caller().name();
        // In a thread of its own: the one that calls is needed for the client's demand to arrive.
        resources
                .executor()
                .execute(() -> observed.stream(
                        FlightMethod.DO_GET, from, call -> stream(caller, ticket, client, stream, call)));
    }

    /** Never throws: how it ended is told to the client, and returned. */
    private FlightStatusCode stream(
            String caller, Ticket ticket, ServerStreamListener client, AnswerStream stream, ObservedCalls.Call call) {
        if (!admission.enter()) {
            client.error(FlightErrors.exhausted(admission.refusal()));
            return FlightStatusCode.RESOURCE_EXHAUSTED;
        }
        try {
            Optional<Upload> taken = resources.uploads().take(caller, ticket.getBytes());
            if (taken.isEmpty()) {
                client.error(FlightErrors.of(notFound()));
                return FlightStatusCode.NOT_FOUND;
            }
            try (Upload upload = taken.get()) {
                call.isAbout(upload.command());
                return call.retrieve(() -> stream.send(() -> answer(upload), resources.allocator(), call::sent));
            }
        } finally {
            admission.leave();
        }
    }

    private static NotFoundException notFound() {
        return NotFoundException.unnamed(
                "Flight",
                "There is no command to answer here: it was answered already, or waited too long to be asked for. Put it again");
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> answers) {
        for (FlightDescriptor descriptor : resources
                .uploads()
                .descriptors(CallerMiddleware.of(context).caller().name())) {
            answers.onNext(info(new Schema(List.of()), descriptor));
        }
        answers.onCompleted();
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> answers) {
        ACTIONS.forEach((name, description) -> answers.onNext(new ActionType(name, description)));
        answers.onCompleted();
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> answers) {
        answers.onError(CallStatus.UNIMPLEMENTED
                .withDescription(
                        "The offline server performs no actions; '%s' is sent as a put".formatted(action.getType()))
                .toRuntimeException());
    }

    private void enter() {
        if (!admission.enter()) {
            throw FlightErrors.exhausted(admission.refusal());
        }
    }
}

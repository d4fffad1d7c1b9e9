package dev.manciple.server.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.manciple.FeatureStore;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.Backend;
import dev.manciple.server.FeastErrors;
import dev.manciple.server.auth.Caller;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.OnlineStoreProto.Change;
import dev.manciple.wire.proto.OnlineStoreProto.Columns;
import dev.manciple.wire.proto.OnlineStoreProto.CountRequest;
import dev.manciple.wire.proto.OnlineStoreProto.CountResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Description;
import dev.manciple.wire.proto.OnlineStoreProto.InfraRequest;
import dev.manciple.wire.proto.OnlineStoreProto.Key;
import dev.manciple.wire.proto.OnlineStoreProto.Near;
import dev.manciple.wire.proto.OnlineStoreProto.PlanResponse;
import dev.manciple.wire.proto.OnlineStoreProto.PurgeRequest;
import dev.manciple.wire.proto.OnlineStoreProto.PurgeResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Read;
import dev.manciple.wire.proto.OnlineStoreProto.ReadRequest;
import dev.manciple.wire.proto.OnlineStoreProto.ReadResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Result;
import dev.manciple.wire.proto.OnlineStoreProto.Row;
import dev.manciple.wire.proto.OnlineStoreProto.ScanPart;
import dev.manciple.wire.proto.OnlineStoreProto.ScanRequest;
import dev.manciple.wire.proto.OnlineStoreProto.SearchRequest;
import dev.manciple.wire.proto.OnlineStoreProto.SearchResponse;
import dev.manciple.wire.proto.OnlineStoreProto.WriteRequest;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The online store itself, for Manciple's own {@code remote} store: what its interface promises and Feast's routes have no words
 * for. Bodies are the messages of {@code manciple.online}. Views are named and looked up in this server's registry, so that nobody
 * reads a column as another type than it was declared with, but where tables are made and dropped: those views travel whole,
 * as they are not registered yet, or no longer.
 */
final class OnlineStoreRoutes {
    /** Answers what the store can do, and so that there are these routes. */
    static final String ROOT = "/manciple/online-store/{project}";

    private static final Logger LOG = LoggerFactory.getLogger(OnlineStoreRoutes.class);
    private static final String PROTOBUF = "application/x-protobuf";
    private static final int ROWS_PER_PART = 500;
    private static final Set<Action> READING = EnumSet.of(Action.READ_ONLINE);
    private static final Set<Action> WRITING = EnumSet.of(Action.WRITE_ONLINE);

    private final FeatureStore store;
    private final Backend backend;
    private final Patience patience;

    /** @param patience for callers who do not take what they asked for */
    OnlineStoreRoutes(Backend backend, Patience patience) {
        this.store = backend.store();
        this.backend = backend;
        this.patience = patience;
    }

    /** A route that takes a message. */
    interface Route {
        void handle(Caller caller, byte[] body, ServerResponse response) throws IOException;
    }

    /** By path. */
    Map<String, Route> all() {
        return Map.of(
                ROOT + "/read", this::read,
                ROOT + "/write", this::write,
                ROOT + "/plan", this::plan,
                ROOT + "/update", this::update,
                ROOT + "/teardown", this::teardown,
                ROOT + "/purge", this::purge,
                ROOT + "/count", this::count,
                ROOT + "/scan", this::scan,
                ROOT + "/search", this::search);
    }

    /** @throws InvalidRequestException if the caller means another project than this server's */
    void requireProject(ServerRequest request) {
        String asked = request.path().pathParameters().get("project");
        String served = backend.registry().project();
        if (!served.equals(asked)) {
            throw new InvalidRequestException("This server serves project '%s', not '%s'".formatted(served, asked));
        }
    }

    void describe(Caller caller, ServerRequest request, ServerResponse response) {
        requireProject(request);
        Description.Builder description = Description.newBuilder()
                .setTimePrecision(store.onlineStore().timePrecision().name())
                .setMostRows(mostRows());
        store.onlineStore().capabilities().stream()
                .map(OnlineCapability::name)
                .sorted()
                .forEach(description::addCapabilities);
        send(response, description.build());
    }

    private void read(Caller caller, byte[] body, ServerResponse response) {
        ReadRequest request = parse(ReadRequest.parser(), body);
        Set<String> names = new LinkedHashSet<>();
        int keys = 0;
        for (Read read : request.getReadsList()) {
            names.add(read.getColumns().getView());
            keys += read.getKeysCount();
        }
        backend.checks().views(caller, names, READING);
        requireFew("keys", keys);
        List<OnlineRead> reads = new ArrayList<>();
        for (Read read : request.getReadsList()) {
            Known known = known(read.getColumns());
            reads.add(new OnlineRead(
                    known.view(), read.getKeysList().stream().map(known::key).toList(), known.features()));
        }
        List<OnlineResult> results = backend.read(() -> store.onlineStore().read(reads));
        backend.metrics().onlineRead(keys);
        ReadResponse.Builder answer = ReadResponse.newBuilder();
        for (int i = 0; i < results.size(); i++) {
            Result.Builder result = Result.newBuilder();
            for (Lookup lookup : results.get(i).lookups()) {
                result.addOutcomes(OnlineStoreCodec.encode(lookup, reads.get(i).features()));
            }
            answer.addResults(result);
        }
        send(response, answer.build());
    }

    private void write(Caller caller, byte[] body, ServerResponse response) {
        WriteRequest request = parse(WriteRequest.parser(), body);
        Known known = known(caller, request.getColumns(), WRITING);
        requireFew("rows", request.getRowsCount());
        List<OnlineRow> rows = new ArrayList<>(request.getRowsCount());
        for (Row row : request.getRowsList()) {
            rows.add(known.whole(OnlineStoreCodec.decode(row, known.view().entityColumns(), known.features())));
        }
        try {
            store.onlineStore().write(known.view(), rows);
        } catch (StoreException e) {
            LOG.warn("A write of feature view '{}' failed: {}", known.view().name(), FeastErrors.loggedOfRows(e));
            LOG.debug("Why a write of feature view '{}' failed", known.view().name(), e);
            Answers.failedWrite(response, e);
            return;
        }
        done(response);
    }

    private void plan(Caller caller, byte[] body, ServerResponse response) {
        PlanResponse.Builder answer = PlanResponse.newBuilder();
        for (InfraChange change : store.onlineStore().plan(changes(caller, body))) {
            answer.addChanges(Change.newBuilder()
                    .setAction(change.action().name())
                    .setStore(change.store())
                    .setKind(change.kind())
                    .setName(change.name()));
        }
        send(response, answer.build());
    }

    private void update(Caller caller, byte[] body, ServerResponse response) {
        store.onlineStore().update(changes(caller, body));
        done(response);
    }

    private void teardown(Caller caller, byte[] body, ServerResponse response) {
        ViewChanges changes = changes(caller, body);
        if (!changes.keep().isEmpty()) {
            throw new InvalidRequestException("A teardown keeps no feature views");
        }
        store.onlineStore().teardown(changes.drop());
        done(response);
    }

    private ViewChanges changes(Caller caller, byte[] body) {
        InfraRequest request = parse(InfraRequest.parser(), body);
        ViewChanges changes = new ViewChanges(views(request.getKeepList()), views(request.getDropList()));
        backend.checks().tables(caller, changes);
        return changes;
    }

    private static List<FeatureView> views(List<FeatureViewSpec> specs) {
        return specs.stream().map(OnlineStoreCodec::decode).toList();
    }

    private void purge(Caller caller, byte[] body, ServerResponse response) {
        PurgeRequest request = parse(PurgeRequest.parser(), body);
        Known known = known(caller, request.getColumns(), WRITING);
        Instant limit = OnlineStoreCodec.decode(request.getLimit());
        long rows = store.onlineStore().purge(known.view(), limit);
        send(response, PurgeResponse.newBuilder().setRows(rows).build());
    }

    private void count(Caller caller, byte[] body, ServerResponse response) {
        Known known = known(caller, parse(CountRequest.parser(), body).getColumns(), READING);
        CountResponse.Builder answer = CountResponse.newBuilder();
        try {
            answer.setRows(store.onlineStore().count(known.view()));
        } catch (UnsupportedException e) {
            // No number says so; the client tells its own caller.
        }
        send(response, answer.build());
    }

    /** Sent as the store gives them, so that a view may have more rows than fit into memory. */
    private void scan(Caller caller, byte[] body, ServerResponse response) throws IOException {
        Known known = known(caller, parse(ScanRequest.parser(), body).getColumns(), READING);
        try (Stream<OnlineRow> rows = store.onlineStore().scan(known.view())) {
            Iterator<OnlineRow> iterator = rows.iterator();
            // Made before the head of the answer is sent: a store that fails at once is told of by a status.
            ScanPart first = part(known, iterator);
            response.header(HeaderNames.CONTENT_TYPE, PROTOBUF);
            try (OutputStream out = response.outputStream()) {
                patience.write(first, out);
                rest(known, iterator, out);
            }
        }
    }

    private void rest(Known known, Iterator<OnlineRow> rows, OutputStream out) throws IOException {
        ScanPart.Builder end = ScanPart.newBuilder();
        try {
            while (rows.hasNext()) {
                patience.write(part(known, rows), out);
            }
            end.setLast(true);
        } catch (FeatureStoreException e) {
            LOG.warn("A scan of feature view '{}' ended early: {}", known.view().name(), FeastErrors.loggedOfRows(e));
            LOG.debug(
                    "Why a scan of feature view '{}' ended early", known.view().name(), e);
            end.setFailure(String.valueOf(e.getMessage()));
        }
        patience.write(end.build(), out);
    }

    private static ScanPart part(Known known, Iterator<OnlineRow> rows) {
        ScanPart.Builder part = ScanPart.newBuilder();
        while (part.getRowsCount() < ROWS_PER_PART && rows.hasNext()) {
            part.addRows(OnlineStoreCodec.encode(
                    known.asked(rows.next()), known.view().entityColumns(), known.features()));
        }
        return part.build();
    }

    private void search(Caller caller, byte[] body, ServerResponse response) {
        SearchRequest request = parse(SearchRequest.parser(), body);
        Known known = known(caller, request.getColumns(), READING);
        if (request.getTopK() < 1) {
            throw new InvalidRequestException("top_k is %d; it must be positive".formatted(request.getTopK()));
        }
        requireFew("rows", request.getTopK());
        if (!request.getQueryList().stream().allMatch(Float::isFinite)) {
            throw new InvalidRequestException("The query holds a number that is not finite as a 32-bit float");
        }
        VectorQuery query = new VectorQuery(
                known.view(),
                request.getVector(),
                request.getQueryList(),
                request.getTopK(),
                request.getMetric(),
                known.features(),
                request.hasFreshFrom() ? OnlineStoreCodec.decode(request.getFreshFrom()) : Instant.MIN);
        List<Neighbor> found = backend.read(() -> store.onlineStore().search(query));
        SearchResponse.Builder answer = SearchResponse.newBuilder();
        for (Neighbor neighbor : found) {
            answer.addNeighbors(Near.newBuilder()
                    .setKey(OnlineStoreCodec.encode(neighbor.key(), known.view().entityColumns()))
                    .setDistance(neighbor.distance())
                    .setRow(OnlineStoreCodec.encode(neighbor.row(), known.features())));
        }
        send(response, answer.build());
    }

    private static <M extends MessageLite> M parse(Parser<M> parser, byte[] body) {
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw BadInputException.body("value_error", "This is no message of the route: " + e.getMessage(), e);
        }
    }

    private int mostRows() {
        return backend.options().limits().rows();
    }

    private void requireFew(String what, int count) {
        if (count > mostRows()) {
            throw new InvalidRequestException("%,d %s are asked for; one request may have %,d. Send several requests"
                    .formatted(count, what, mostRows()));
        }
    }

    /**
     * A registered view and the columns a request is about.
     *
     * @param positions of the features of the view in the request, or less than zero
     */
    private record Known(FeatureView view, List<Field> features, List<Integer> positions) {
        EntityKey key(Key key) {
            return OnlineStoreCodec.decode(key, view.entityColumns());
        }

        /** A row with a value for each feature of the view; those the caller does not know are left as they are. */
        OnlineRow whole(OnlineRow asked) {
            List<Value> values = new ArrayList<>(positions.size());
            for (int position : positions) {
                values.add(position < 0 ? Value.Missing.MISSING : asked.values().get(position));
            }
            return new OnlineRow(asked.key(), values, asked.eventTime(), asked.created());
        }

        /** The reverse of {@link #whole}. */
        OnlineRow asked(OnlineRow whole) {
            Value[] values = new Value[features.size()];
            for (int i = 0; i < positions.size(); i++) {
                if (positions.get(i) >= 0) {
                    values[positions.get(i)] = whole.values().get(i);
                }
            }
            return new OnlineRow(whole.key(), List.of(values), whole.eventTime(), whole.created());
        }
    }

    private Known known(Caller caller, Columns columns, Set<Action> actions) {
        backend.checks().views(caller, List.of(columns.getView()), actions);
        return known(columns);
    }

    /** What was applied since the registry was seen last is looked for in the newest. */
    private Known known(Columns columns) {
        return find(backend.registry(), columns).orElseGet(() -> {
            RegistrySnapshot newest = store.registry();
            return find(newest, columns).orElseThrow(() -> unknown(newest, columns));
        });
    }

    private static Optional<Known> find(RegistrySnapshot registry, Columns columns) {
        if (!(registry.view(columns.getView()).orElse(null) instanceof FeatureView view)
                || !view.joinKeys().equals(columns.getJoinKeysList())) {
            return Optional.empty();
        }
        List<String> asked = columns.getFeaturesList();
        Field[] features = new Field[asked.size()];
        List<Integer> positions = new ArrayList<>();
        int found = 0;
        for (Field feature : view.features()) {
            int position = asked.indexOf(feature.name());
            positions.add(position);
            if (position >= 0) {
                features[position] = feature;
                found++;
            }
        }
        return found == features.length ? Optional.of(new Known(view, List.of(features), positions)) : Optional.empty();
    }

    private static FeatureStoreException unknown(RegistrySnapshot registry, Columns columns) {
        if (!(registry.view(columns.getView()).orElse(null) instanceof FeatureView view)) {
            return new NotFoundException("Feature view", columns.getView());
        }
        return new InvalidRequestException(
                "Feature view '%s' is registered here with the join keys %s and the features %s, and was asked for with %s and %s. Use the registry this server uses"
                        .formatted(
                                view.name(),
                                view.joinKeys(),
                                view.features().stream().map(Field::name).toList(),
                                columns.getJoinKeysList(),
                                columns.getFeaturesList()));
    }

    private static void done(ServerResponse response) {
        response.status(Status.OK_200);
        response.send();
    }

    private static void send(ServerResponse response, MessageLite message) {
        response.header(HeaderNames.CONTENT_TYPE, PROTOBUF);
        response.send(message.toByteArray());
    }
}

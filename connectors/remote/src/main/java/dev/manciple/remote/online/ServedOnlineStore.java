package dev.manciple.remote.online;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.VectorLengths;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.OnlineStoreProto.Change;
import dev.manciple.wire.proto.OnlineStoreProto.CountRequest;
import dev.manciple.wire.proto.OnlineStoreProto.CountResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Description;
import dev.manciple.wire.proto.OnlineStoreProto.InfraRequest;
import dev.manciple.wire.proto.OnlineStoreProto.Near;
import dev.manciple.wire.proto.OnlineStoreProto.PlanResponse;
import dev.manciple.wire.proto.OnlineStoreProto.PurgeRequest;
import dev.manciple.wire.proto.OnlineStoreProto.PurgeResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Read;
import dev.manciple.wire.proto.OnlineStoreProto.ReadRequest;
import dev.manciple.wire.proto.OnlineStoreProto.ReadResponse;
import dev.manciple.wire.proto.OnlineStoreProto.Result;
import dev.manciple.wire.proto.OnlineStoreProto.Row;
import dev.manciple.wire.proto.OnlineStoreProto.ScanRequest;
import dev.manciple.wire.proto.OnlineStoreProto.SearchRequest;
import dev.manciple.wire.proto.OnlineStoreProto.SearchResponse;
import dev.manciple.wire.proto.OnlineStoreProto.WriteRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The store behind a feature server of Manciple's, used through the messages of {@code manciple.online}: values, missing features,
 * times and tables are those of the store, and so is what can be done. Thread-safe; borrows the client.
 */
final class ServedOnlineStore implements OnlineStore {
    private static final String PROTOBUF = "application/x-protobuf";

    /** Of one answer, which the server makes in memory. */
    private static final int MOST_CELLS = 200_000;

    /** Of one write; servers take several times as much. */
    private static final int MOST_BYTES_WRITTEN = 4 << 20;

    private final FeatureServerClient client;
    private final String project;
    private final String root;
    private final Set<OnlineCapability> capabilities;
    private final ChronoUnit timePrecision;
    private final int mostRows;

    private ServedOnlineStore(FeatureServerClient client, String project, String root, Description description) {
        this.client = client;
        this.project = project;
        this.root = root;
        EnumSet<OnlineCapability> known = EnumSet.noneOf(OnlineCapability.class);
        // A newer server may be able to do what this client cannot ask for.
        Stream.of(OnlineCapability.values())
                .filter(capability -> description.getCapabilitiesList().contains(capability.name()))
                .forEach(known::add);
        this.capabilities = Set.copyOf(known);
        this.timePrecision = ChronoUnit.valueOf(description.getTimePrecision());
        this.mostRows = Math.max(1, description.getMostRows());
    }

    /** Empty if the server speaks Feast's protocol only. */
    static Optional<ServedOnlineStore> find(FeatureServerClient client, String project) {
        String root = "/manciple/online-store/" + URLEncoder.encode(project, StandardCharsets.UTF_8);
        Ask ask = Ask.get(root, "ask what it speaks");
        return client.sendIfThere(ask, PROTOBUF).map(body -> {
            try {
                return new ServedOnlineStore(client, project, root, Description.parseFrom(body));
            } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
                throw unreadable(client, ask, e);
            }
        });
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return capabilities;
    }

    @Override
    public ChronoUnit timePrecision() {
        return timePrecision;
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        List<List<Lookup>> lookups = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        int keys = 0;
        int cells = 0;
        for (OnlineRead read : reads) {
            List<Lookup> ofRead = new ArrayList<>(read.keys().size());
            lookups.add(ofRead);
            int width = Math.max(1, read.features().size());
            int from = 0;
            while (from < read.keys().size()) {
                int room = Math.min(mostRows - keys, (MOST_CELLS - cells) / width);
                if (room <= 0 && !parts.isEmpty()) {
                    read(parts, keys);
                    parts.clear();
                    keys = 0;
                    cells = 0;
                } else {
                    int to = Math.min(read.keys().size(), from + Math.max(1, room));
                    parts.add(new Part(read, from, to, ofRead));
                    keys += to - from;
                    cells += (to - from) * width;
                    from = to;
                }
            }
        }
        if (!parts.isEmpty()) {
            read(parts, keys);
        }
        return lookups.stream().map(OnlineResult::new).toList();
    }

    /** Some keys of one read, and where their lookups go. */
    private record Part(OnlineRead read, int from, int to, List<Lookup> lookups) {}

    private void read(List<Part> parts, int keys) {
        ReadRequest.Builder request = ReadRequest.newBuilder();
        for (Part part : parts) {
            FeatureView view = part.read().view();
            Read.Builder read = Read.newBuilder()
                    .setColumns(OnlineStoreCodec.columns(view, part.read().features()));
            part.read()
                    .keys()
                    .subList(part.from(), part.to())
                    .forEach(key -> read.addKeys(OnlineStoreCodec.encode(key, view.entityColumns())));
            request.addReads(read);
        }
        String views = parts.stream()
                .map(part -> "'" + part.read().view().name() + "'")
                .distinct()
                .collect(Collectors.joining(", "));
        Ask ask = Ask.read(
                root + "/read",
                PROTOBUF,
                request.build().toByteString(),
                "read %s of feature views %s".formatted(Counted.of(keys, "key"), views));
        List<Result> results = send(ask, ReadResponse.parser()).getResultsList();
        requireEqual(ask, parts.size(), results.size());
        for (int i = 0; i < results.size(); i++) {
            Part part = parts.get(i);
            requireEqual(ask, part.to() - part.from(), results.get(i).getOutcomesCount());
            results.get(i)
                    .getOutcomesList()
                    .forEach(outcome -> part.lookups()
                            .add(decoded(
                                    ask,
                                    () -> OnlineStoreCodec.decode(
                                            outcome, part.read().features()))));
        }
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        // All of them before the first is sent: a value of another type, or length, stops the write as a whole.
        if (capabilities.contains(OnlineCapability.VECTOR_SEARCH)) {
            VectorLengths.require(view, rows);
        }
        List<Row> encoded = rows.stream()
                .map(row -> OnlineStoreCodec.encode(row, view.entityColumns(), view.features()))
                .toList();
        int from = 0;
        while (from < encoded.size()) {
            int to = from;
            int bytes = 0;
            while (to < encoded.size() && to - from < mostRows && (to == from || bytes < MOST_BYTES_WRITTEN)) {
                bytes += encoded.get(to).getSerializedSize();
                to++;
            }
            write(view, encoded, from, to);
            from = to;
        }
    }

    private void write(FeatureView view, List<Row> rows, int from, int to) {
        WriteRequest request = WriteRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, view.features()))
                .addAllRows(rows.subList(from, to))
                .build();
        String attempted = "write %s of feature view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        try {
            client.send(Ask.write(root + "/write", PROTOBUF, request.toByteString(), attempted));
        } catch (StoreException e) {
            throw e.applied().isEmpty() && from == 0
                    ? e
                    : new StoreException(
                            client.name(), attempted, e.retryable(), e.outcome(), stored(from, e.applied()), reason(e));
        } catch (FeatureStoreException e) {
            throw from == 0
                    ? e
                    : new StoreException(
                            client.name(), attempted, false, Outcome.NOT_APPLIED, stored(from, List.of()), e);
        }
    }

    /** The rows of the requests before, and those the server says it stored of the last one. */
    private static List<Integer> stored(int before, List<Integer> ofLast) {
        return Stream.concat(IntStream.range(0, before).boxed(), ofLast.stream().map(position -> before + position))
                .toList();
    }

    private static Throwable reason(StoreException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        if (nothing(changes)) {
            return List.of();
        }
        Ask ask = Ask.read(root + "/plan", PROTOBUF, infra(changes), "plan tables");
        return send(ask, PlanResponse.parser()).getChangesList().stream()
                .map(change -> change(ask, change))
                .toList();
    }

    private InfraChange change(Ask ask, Change change) {
        return decoded(
                ask,
                () -> new InfraChange(
                        InfraChange.Action.valueOf(change.getAction()),
                        change.getStore(),
                        change.getKind(),
                        change.getName()));
    }

    @Override
    public void update(ViewChanges changes) {
        if (!nothing(changes)) {
            client.send(Ask.write(root + "/update", PROTOBUF, infra(changes), "create and drop tables"));
        }
    }

    @Override
    public void teardown(List<FeatureView> views) {
        ViewChanges changes = new ViewChanges(List.of(), views);
        if (!nothing(changes)) {
            client.send(Ask.write(root + "/teardown", PROTOBUF, infra(changes), "drop tables"));
        }
    }

    private static boolean nothing(ViewChanges changes) {
        return changes.keep().isEmpty() && changes.drop().isEmpty();
    }

    private ByteString infra(ViewChanges changes) {
        return InfraRequest.newBuilder()
                .addAllKeep(specs(changes.keep()))
                .addAllDrop(specs(changes.drop()))
                .build()
                .toByteString();
    }

    private List<FeatureViewSpec> specs(List<FeatureView> views) {
        return views.stream()
                .map(view -> OnlineStoreCodec.encode(view, project))
                .toList();
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        require(OnlineCapability.DELETE_ROWS, "deleting expired rows");
        PurgeRequest request = PurgeRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, List.of()))
                .setLimit(OnlineStoreCodec.encode(limit))
                .build();
        Ask ask = Ask.write(
                root + "/purge",
                PROTOBUF,
                request.toByteString(),
                "delete expired rows of feature view '%s'".formatted(view.name()));
        return send(ask, PurgeResponse.parser()).getRows();
    }

    @Override
    public long count(FeatureView view) {
        CountRequest request = CountRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, List.of()))
                .build();
        Ask ask = Ask.read(
                root + "/count",
                PROTOBUF,
                request.toByteString(),
                "count the rows of feature view '%s'".formatted(view.name()));
        CountResponse answer = send(ask, CountResponse.parser());
        if (!answer.hasRows()) {
            throw new UnsupportedException(client.name(), OnlineCapability.SCAN.name(), "counting the rows of a view");
        }
        return answer.getRows();
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        require(OnlineCapability.SCAN, "reading all rows of a view");
        ScanRequest request = ScanRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, view.features()))
                .build();
        Ask ask = Ask.read(
                root + "/scan",
                PROTOBUF,
                request.toByteString(),
                "read all rows of feature view '%s'".formatted(view.name()));
        ScannedRows rows = new ScannedRows(client.stream(ask), view, client.name(), ask);
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(rows, Spliterator.NONNULL | Spliterator.IMMUTABLE), false)
                .onClose(rows::close);
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        require(OnlineCapability.VECTOR_SEARCH, "vector search");
        FeatureView view = query.view();
        List<Field> features = query.features();
        SearchRequest.Builder request = SearchRequest.newBuilder()
                .setColumns(OnlineStoreCodec.columns(view, features))
                .setVector(query.vector())
                .addAllQuery(query.query())
                .setTopK(query.topK())
                .setMetric(query.metric());
        if (!query.freshFrom().equals(Instant.MIN)) {
            request.setFreshFrom(OnlineStoreCodec.encode(query.freshFrom()));
        }
        Ask ask = Ask.read(
                root + "/search",
                PROTOBUF,
                request.build().toByteString(),
                "search feature view '%s'".formatted(view.name()));
        List<Neighbor> neighbors = new ArrayList<>();
        for (Near near : send(ask, SearchResponse.parser()).getNeighborsList()) {
            neighbors.add(decoded(
                    ask,
                    () -> new Neighbor(
                            OnlineStoreCodec.decode(near.getKey(), view.entityColumns()),
                            near.getDistance(),
                            OnlineStoreCodec.decode(near.getRow(), features))));
        }
        return neighbors;
    }

    private void require(OnlineCapability capability, String what) {
        if (!capabilities.contains(capability)) {
            throw new UnsupportedException(client.name(), capability.name(), what);
        }
    }

    /** Nothing of its own: whoever made the client closes it. */
    @Override
    public void close() {}

    private <M extends MessageLite> M send(Ask ask, Parser<M> parser) {
        byte[] body = client.send(ask);
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(client, ask, e);
        }
    }

    /** Something of an answer, which the server and not the caller is to blame for. */
    private <T> T decoded(Ask ask, Supplier<T> decoding) {
        try {
            return decoding.get();
        } catch (InvalidRequestException | IllegalArgumentException e) {
            throw unreadable(client, ask, e);
        }
    }

    private void requireEqual(Ask ask, int asked, int answered) {
        if (asked != answered) {
            throw unreadable(
                    client, ask, new IOException("%d results were asked for, %d came".formatted(asked, answered)));
        }
    }

    private static StoreException unreadable(FeatureServerClient client, Ask ask, Exception cause) {
        return new StoreException(
                client.name(),
                ask.attempted(),
                false,
                ask.writes() ? Outcome.MAYBE : Outcome.NOT_APPLIED,
                new IOException(
                        "%s was answered with what is no message: %s".formatted(ask, cause.getMessage()), cause));
    }
}

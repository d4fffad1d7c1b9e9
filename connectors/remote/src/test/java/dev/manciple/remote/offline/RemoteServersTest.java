package dev.manciple.remote.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.ConfigException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.ServerHeaderMiddleware;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Servers that are not there, that speak Feast's protocol and no more, or whose answers differ from what was promised. */
class RemoteServersTest {
    private static final Instant NOON = Instant.parse("2024-06-01T12:00:00Z");
    private static final List<Field> ASKED =
            List.of(Field.of("driver", Scalar.INT64), Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP));

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    private OfflineStore store(int port, Object... more) {
        Map<String, Object> options = new HashMap<>(Map.of("host", "127.0.0.1", "port", port, "connection_retries", 1));
        for (int i = 0; i < more.length; i += 2) {
            options.put(String.valueOf(more[i]), more[i + 1]);
        }
        Stores stores = new Stores(new StoreTypes(Plugins.load(getClass().getClassLoader(), List.of())));
        return stores.offlineStore(
                "offline_store",
                new StoreConfig("feast.infra.offline_stores.remote.RemoteOfflineStore", options),
                LocalStoreContext.of("demo", folder, allocator, stores));
    }

    private HistoricalRequest request(Map<String, String> joinKeyMap, boolean filterByCreated) {
        Schema schema = new Schema(ASKED.stream().map(ArrowTypes::field).toList());
        List<List<Value>> rows = List.of(List.of(new Value.Int(1), new Value.Time(NOON)));
        FeatureView view = FeatureView.of("stats")
                .source(DataSource.Batch.files("stats.parquet").eventTime("t"))
                .entities(List.of("driver"))
                .entityColumns(List.of(Field.of("driver", Scalar.INT64)))
                .features(Field.of("trips", Scalar.INT64));
        return new HistoricalRequest(
                new Spine.Rows(schema, "event_timestamp", () -> ArrowRows.reader(allocator, schema, rows, 10)),
                List.of(new ViewSlice(view, "stats", view.features(), joinKeyMap)),
                false,
                new HistoricalRequest.Options(filterByCreated, true));
    }

    @Test
    void thatAreNotThereAreTriedAgainAndNamed() {
        try (OfflineStore store = store(1)) {
            assertThatThrownBy(() -> store.describe(DataSource.Batch.files("stats.parquet")))
                    .isInstanceOfSatisfying(StoreException.class, failure -> {
                        assertThat(failure)
                                .hasMessageContaining("grpc+tcp://127.0.0.1:1")
                                .hasMessageContaining("nobody answers there (")
                                .hasMessageContaining("See that it runs, and correct host and port");
                        assertThat(failure.retryable()).isTrue();
                    });
        }
    }

    @Test
    void whoseNamesAreNoneAreNamed() {
        try (OfflineStore store = store(1, "host", "nowhere.invalid")) {
            assertThatThrownBy(() -> store.describe(DataSource.Batch.files("stats.parquet")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("grpc+tcp://nowhere.invalid:1")
                    .hasMessageContaining("there is no such host");
        }
    }

    @Test
    void aCertificateThatIsNoneIsNamed() throws IOException {
        Files.writeString(folder.resolve("garbage.pem"), "garbage");
        for (String file : List.of("garbage.pem", "gone.pem")) {
            try (OfflineStore store = store(1, "scheme", "https", "cert", file)) {
                assertThatThrownBy(() -> store.describe(DataSource.Batch.files("stats.parquet")))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining(file);
            }
        }
    }

    @Test
    void ofFeastAreSentFeastsProtocolOnly() throws Exception {
        try (Running server = start(new FeastLike(ASKED, List.of()));
                OfflineStore store = store(server.port())) {
            assertThatThrownBy(() -> store.historicalFeatures(request(Map.of("driver", "event_timestamp"), false))
                            .open(allocator))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("'join_key_maps'");
            assertThatThrownBy(() ->
                            store.historicalFeatures(request(Map.of(), true)).open(allocator))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("'filter_by_created_timestamp'");
        }
    }

    @Test
    void ofFeastFindEveryWordTheyLookFor() throws Exception {
        List<Field> columns = List.of(Field.of("driver", Scalar.INT64), Field.of("t", Scalar.UNIX_TIMESTAMP));
        DataSource.Batch timeless = DataSource.Batch.files("stats.parquet").eventTime("t");
        PullRequest pull = new PullRequest(timeless, columns.subList(0, 1), List.of(), NOON, NOON);
        FeastLike feast = new FeastLike(columns, List.of());
        Schema schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
        try (Running server = start(feast);
                OfflineStore store = store(server.port())) {
            store.pullLatest(pull).open(allocator).close();
            store.pullAll(pull).open(allocator).close();
            store.historicalFeatures(request(Map.of(), false)).persist(timeless, true);
            try (ArrowReader none = ArrowRows.reader(allocator, schema, List.of(), 1)) {
                store.write(FeatureView.of("stats").source(timeless), none);
            }
        }
        assertThat(feast.commands).hasSize(4);
        assertThat(feast.commands.subList(0, 2))
                .allSatisfy(command -> assertThat(command).containsEntry("created_timestamp_column", null));
        assertThat(feast.commands.get(2)).containsEntry("timeout", null);
        assertThat(feast.commands.get(3)).containsEntry("progress", null);
    }

    @Test
    void mayAnswerInOtherTypesAndAnotherOrder() throws Exception {
        List<Field> columns = List.of(
                Field.of("trips", Scalar.DOUBLE),
                Field.of("event_timestamp", Scalar.STRING),
                Field.of("unasked", Scalar.BOOL),
                Field.of("driver", Scalar.INT32));
        List<Value> row = List.of(
                new Value.Real(7), new Value.Text("2024-06-01 12:00:00"), new Value.Bool(true), new Value.Int(1));
        try (Running server = start(new FeastLike(columns, List.of(row, row)));
                OfflineStore store = store(server.port());
                ArrowReader answer =
                        store.historicalFeatures(request(Map.of(), false)).open(allocator)) {
            assertThat(ArrowRows.read(answer))
                    .hasSize(2)
                    .containsOnly(List.of(new Value.Int(1), new Value.Time(NOON), new Value.Int(7)));
        }
    }

    @Test
    void mustAnswerWithAllColumns() throws Exception {
        try (Running server = start(new FeastLike(ASKED, List.of()));
                OfflineStore store = store(server.port());
                ArrowReader answer =
                        store.historicalFeatures(request(Map.of(), false)).open(allocator)) {
            assertThatThrownBy(answer::loadNextBatch)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("'trips'");
        }
    }

    @Test
    void mayTellTypesInTheirOwnWords() throws Exception {
        List<Field> columns = List.of(Field.of("name", Scalar.STRING), Field.of("type", Scalar.STRING));
        List<Value> row = List.of(new Value.Text("trips"), new Value.Text("NUMBER(38)"));
        try (Running server = start(new FeastLike(columns, List.of(row)));
                OfflineStore store = store(server.port())) {
            assertThatThrownBy(() -> store.describe(DataSource.Batch.files("stats.parquet")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'NUMBER(38)' of column 'trips'");
        }
    }

    @Test
    void areShownANewTokenWhereTheOldOneIsNotGoodAnyMore() throws Exception {
        List<String> shown = new ArrayList<>();
        FlightServerMiddleware.Key<FlightServerMiddleware> key = FlightServerMiddleware.Key.of("token");
        List<Field> columns = List.of(Field.of("name", Scalar.STRING), Field.of("type", Scalar.STRING));
        try (Running server = new Running(FlightServer.builder(
                                allocator, Location.forGrpcInsecure("127.0.0.1", 0), new FeastLike(columns, List.of()))
                        .middleware(key, (info, headers, context) -> {
                            shown.add(headers.get("authorization"));
                            if (!"Bearer new".equals(headers.get("authorization"))) {
                                throw CallStatus.UNAUTHENTICATED.toRuntimeException();
                            }
                            return new ServerHeaderMiddleware.Factory().onCallStarted(info, headers, context);
                        })
                        .build()
                        .start());
                OfflineStore store = new RemoteOfflineStoreFactory()
                        .create(
                                new RemoteOfflineConfig(
                                        RemoteOfflineConfig.Scheme.HTTP,
                                        "127.0.0.1",
                                        server.port(),
                                        Optional.empty(),
                                        0,
                                        Optional.empty(),
                                        Optional.empty()),
                                new TokenContext(allocator, new Expiring()))) {
            assertThat(store.describe(DataSource.Batch.files("stats.parquet")).getFields())
                    .isEmpty();
        }
        assertThat(shown).startsWith("Bearer old", "Bearer new").endsWith("Bearer new");
    }

    /** Gives out an old token until it is refused. */
    private static final class Expiring implements Credentials {
        private String token = "old";

        @Override
        public Optional<String> bearerToken() {
            return Optional.of(token);
        }

        @Override
        public void rejected(String refused) {
            token = "new";
        }
    }

    private record TokenContext(BufferAllocator allocator, Credentials credentials) implements StoreContext {
        @Override
        public String project() {
            return "demo";
        }

        @Override
        public Path repoPath() {
            return Path.of("");
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }

        @Override
        public OfflineStore offlineStore(StoreConfig config) {
            throw new UnsupportedOperationException("This store has no children");
        }

        @Override
        public OnlineStore onlineStore(StoreConfig config) {
            throw new UnsupportedOperationException("This store has no children");
        }
    }

    private Running start(FeastLike producer) throws IOException {
        return new Running(FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), producer)
                .build()
                .start());
    }

    private record Running(FlightServer server) implements AutoCloseable {
        int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes every call and answers with the same rows; offers what Feast's server offers. */
    private final class FeastLike extends NoOpFlightProducer {
        private final Schema schema;
        private final List<List<Value>> rows;
        private final List<Map<String, Object>> commands = new CopyOnWriteArrayList<>();

        FeastLike(List<Field> columns, List<List<Value>> rows) {
            this.schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
            this.rows = rows;
        }

        @Override
        public void listActions(CallContext context, StreamListener<ActionType> listener) {
            List.of("offline_write_batch", "write_logged_features", "persist")
                    .forEach(name -> listener.onNext(new ActionType(name, "")));
            listener.onCompleted();
        }

        @Override
        public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> listener) {
            return () -> {
                while (stream.next()) {}
                commands.add(JsonMapper.shared()
                        .readValue(stream.getDescriptor().getCommand(), new TypeReference<Map<String, Object>>() {}));
            };
        }

        @Override
        public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
            return new FlightInfo(
                    new Schema(List.of()),
                    descriptor,
                    List.of(new FlightEndpoint(new Ticket(descriptor.getCommand()))),
                    -1,
                    -1);
        }

        @Override
        public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
            try (ArrowReader reader = ArrowRows.reader(allocator, schema, rows, 1)) {
                VectorSchemaRoot root = reader.getVectorSchemaRoot();
                listener.start(root);
                while (reader.loadNextBatch()) {
                    listener.putNext();
                }
                listener.completed();
            } catch (IOException e) {
                listener.error(CallStatus.INTERNAL.withCause(e).toRuntimeException());
            }
        }
    }
}

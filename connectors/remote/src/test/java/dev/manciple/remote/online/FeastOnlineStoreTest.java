package dev.manciple.remote.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.RandomData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Feast's own routes, which are all there is where the server is Feast's. */
class FeastOnlineStoreTest {
    private static final Instant NOON = Drivers.NOON;

    @TempDir
    Path folder;

    /** Against Manciple's server, whose routes of that name are Feast's. */
    @Nested
    class OverAServer {
        private ServedSqlite fixture;
        private FeatureServerClient client;
        private OnlineStore store;
        private OnlineStore tables;

        @BeforeEach
        void start() {
            fixture = new ServedSqlite(folder);
            TestContext context = new TestContext(folder);
            tables = fixture.open(context);
            client = FeatureServerClient.open(
                    Configs.of(fixture.serve("tck").server().port()), context);
            store = new FeastOnlineStore(client);
        }

        @AfterEach
        void stop() {
            client.close();
            tables.close();
            fixture.close();
        }

        private void apply(FeatureView... views) {
            tables.update(new ViewChanges(List.of(views), List.of()));
        }

        private List<Lookup> read(FeatureView view, EntityKey... keys) {
            return store.read(List.of(new OnlineRead(view, List.of(keys), view.features())))
                    .getFirst()
                    .lookups();
        }

        @Test
        void rowsComeBackWithTheirTimes() {
            apply(Drivers.VIEW);
            store.write(
                    Drivers.VIEW,
                    List.of(
                            Drivers.row(1, NOON, new Value.Int(7), new Value.Real(2)),
                            Drivers.row(2, NOON.plusSeconds(1), Value.Null.NULL, new Value.Real(-0.25))));
            assertThat(read(Drivers.VIEW, Drivers.key(2), Drivers.key(3), Drivers.key(1), Drivers.key(1)))
                    .containsExactly(
                            new Lookup.Found(List.of(Value.Null.NULL, new Value.Real(-0.25)), NOON.plusSeconds(1)),
                            Lookup.Absent.ABSENT,
                            new Lookup.Found(List.of(new Value.Int(7), new Value.Real(2)), NOON),
                            new Lookup.Found(List.of(new Value.Int(7), new Value.Real(2)), NOON));
        }

        @Test
        void theNewestOfABatchIsKept() {
            apply(Drivers.VIEW);
            store.write(
                    Drivers.VIEW,
                    List.of(
                            Drivers.row(1, NOON.plusSeconds(1), new Value.Int(2), new Value.Real(2)),
                            Drivers.row(1, NOON, new Value.Int(1), new Value.Real(1))));
            assertThat(read(Drivers.VIEW, Drivers.key(1)))
                    .containsExactly(
                            new Lookup.Found(List.of(new Value.Int(2), new Value.Real(2)), NOON.plusSeconds(1)));
        }

        @Test
        void manyRowsGoInSeveralRequests() {
            apply(Drivers.VIEW);
            List<OnlineRow> rows = LongStream.range(0, 12_000)
                    .mapToObj(i -> Drivers.row(i, NOON, new Value.Int(i), new Value.Real(i / 4.0)))
                    .toList();
            store.write(Drivers.VIEW, rows);
            List<Lookup> lookups =
                    read(Drivers.VIEW, rows.stream().map(OnlineRow::key).toArray(EntityKey[]::new));
            assertThat(lookups)
                    .containsExactlyElementsOf(rows.stream()
                            .map(row -> (Lookup) new Lookup.Found(row.values(), NOON))
                            .toList());
        }

        @Test
        void viewsWithoutKeysAreGlobal() {
            FeatureView view = Drivers.view("global", List.of(), Drivers.TRIPS);
            apply(view);
            EntityKey none = new EntityKey(List.of(), List.of());
            store.write(view, List.of(new OnlineRow(none, List.of(new Value.Int(7)), NOON, Optional.empty())));
            assertThat(read(view, none, none))
                    .containsOnly(new Lookup.Found(List.of(new Value.Int(7)), NOON))
                    .hasSize(2);
        }

        @Test
        void keysOfSeveralColumnsAreSentWhole() {
            FeatureView view = Drivers.view(
                    "pairs", List.of(Field.of("b", Scalar.INT64), Field.of("a", Scalar.STRING)), Drivers.TRIPS);
            apply(view);
            EntityKey one = new EntityKey(List.of("b", "a"), List.of(new Value.Int(1), new Value.Text("x")));
            EntityKey two = new EntityKey(List.of("b", "a"), List.of(new Value.Int(1), new Value.Text("y")));
            store.write(view, List.of(new OnlineRow(two, List.of(new Value.Int(7)), NOON, Optional.empty())));
            assertThat(read(view, one, two))
                    .containsExactly(Lookup.Absent.ABSENT, new Lookup.Found(List.of(new Value.Int(7)), NOON));
        }

        @Test
        void sourcesMayCallTheTimesAsTheyLike() {
            FeatureView view = Drivers.VIEW.source(
                    DataSource.Batch.files("unused.parquet").eventTime("ts").createdTime("made"));
            apply(view);
            store.write(view, List.of(Drivers.row(1, NOON, new Value.Int(7), new Value.Real(2))));
            assertThat(read(view, Drivers.key(1)))
                    .containsExactly(new Lookup.Found(List.of(new Value.Int(7), new Value.Real(2)), NOON));
        }

        static Stream<ValueType> types() {
            return RandomData.storedTypes().stream().filter(type -> type != ValueType.ScalarMap.SCALAR_MAP);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("types")
        void valuesOfEveryTypeAreTypedAgain(ValueType type) {
            RandomData random = RandomData.ofStoredValues(new Random(43));
            FeatureView view = Drivers.view("typed", Drivers.VIEW.entityColumns(), Field.of("feature", type));
            apply(view);
            List<Value> values = Stream.concat(
                            Stream.of(Value.Null.NULL),
                            Stream.generate(() -> random.present(type))
                                    .filter(FeastOnlineStoreTest::isFinite)
                                    .limit(30))
                    .toList();
            store.write(
                    view,
                    IntStream.range(0, values.size())
                            .mapToObj(i -> Drivers.row(i, NOON, values.get(i)))
                            .toList());
            List<Lookup> lookups = read(
                    view,
                    LongStream.range(0, values.size()).mapToObj(Drivers::key).toArray(EntityKey[]::new));
            for (int i = 0; i < values.size(); i++) {
                assertThat(lookups.get(i)).isInstanceOf(Lookup.Found.class);
                Value read = ((Lookup.Found) lookups.get(i)).values().getFirst();
                assertThat(comparable(read, type)).isEqualTo(comparable(values.get(i), type));
            }
        }

        /** A set has no order, and of a zone the offset arrives. */
        private static Object comparable(Value value, ValueType type) {
            if (value instanceof Value.ZonedTime(Instant time, java.time.ZoneId zone)) {
                return List.of(time, zone.getRules().getOffset(time));
            }
            return type instanceof ValueType.SetOf && value instanceof Value.Many(List<Value> values)
                    ? new HashSet<>(values)
                    : value;
        }
    }

    private static boolean isFinite(Value value) {
        return value instanceof Value.Many(List<Value> values)
                ? values.stream().allMatch(FeastOnlineStoreTest::isFinite)
                : !(value instanceof Value.Real(double real)) || Double.isFinite(real);
    }

    @Nested
    class OfFeastsOwn {
        private OnlineStore store(FakeServer server) {
            return new RemoteOnlineStoreFactory()
                    .create(Configs.of(server.port(), Map.of("connection_retries", 0)), new TestContext(folder));
        }

        @Test
        void readsOfSeveralViewsShareARequest() throws IOException {
            FeatureView riders = Drivers.view("riders", List.of(Field.of("rider", Scalar.STRING)), Drivers.TRIPS);
            FeatureView global = Drivers.view("global", List.of(), Drivers.RATE);
            EntityKey rider = new EntityKey(List.of("rider"), List.of(new Value.Text("r")));
            EntityKey none = new EntityKey(List.of(), List.of());
            try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, """
                            {"results": [
                               {"values": [0.5], "statuses": ["PRESENT"], "event_timestamps": ["2025-06-01T12:00:00.250Z"]},
                               {"values": ["r"], "statuses": ["PRESENT"], "event_timestamps": ["1970-01-01T00:00:00Z"]},
                               {"values": [null], "statuses": ["PRESENT"], "event_timestamps": ["2025-06-01T12:00:00Z"]},
                               {"values": [null], "statuses": ["NOT_FOUND"], "event_timestamps": ["2025-06-01T12:00:00Z"]},
                               {"values": [null], "statuses": ["NOT_FOUND"], "event_timestamps": ["1970-01-01T00:00:00Z"]}],
                             "metadata": {"feature_names":
                               ["global__rate", "rider", "drivers__trips", "drivers__rate", "riders__trips"]}}
                            """));
                    OnlineStore store = store(server)) {
                assertThat(store.read(List.of(
                                Drivers.read(1),
                                new OnlineRead(riders, List.of(rider), riders.features()),
                                new OnlineRead(global, List.of(none), global.features()))))
                        .containsExactly(
                                new OnlineResult(List.of(
                                        new Lookup.Found(List.of(Value.Null.NULL, Value.Missing.MISSING), NOON))),
                                new OnlineResult(List.of(Lookup.Absent.ABSENT)),
                                new OnlineResult(
                                        List.of(new Lookup.Found(List.of(new Value.Real(0.5)), NOON.plusMillis(250)))));
                assertThat(server.requests()).hasSize(1);
                JsonNode body = JsonMapper.shared()
                        .readTree(server.requests().getFirst().body());
                assertThat(body).isEqualTo(JsonMapper.shared().readTree("""
                                {"features": ["drivers:trips", "drivers:rate", "riders:trips", "global:rate"],
                                 "entities": {"driver_id": [1], "rider": ["r"], "__dummy_id": [""]},
                                 "full_feature_names": true}
                                """));
            }
        }

        @Test
        void readsThatDoNotGoTogetherGoAlone() {
            List<SharedRead> shared =
                    SharedRead.of(List.of(Drivers.read(1, 2), Drivers.read(3, 4), Drivers.read(1), Drivers.read(1, 2)));
            assertThat(shared)
                    .extracting(SharedRead::positions)
                    .containsExactly(List.of(0), List.of(1), List.of(2), List.of(3));
        }

        @Test
        void statusesBecomeWhatTheStoreWouldSay() throws IOException {
            try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, """
                            {"results": [
                               {"values": [1, null, 3], "statuses": ["OUTSIDE_MAX_AGE", "NULL_VALUE", "SOMETHING_NEW"],
                                "event_timestamps": ["2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z"]},
                               {"values": ["no number", 2, 0.5], "statuses": ["PRESENT", "PRESENT", "PRESENT"],
                                "event_timestamps": ["2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z"]}],
                             "metadata": {"feature_names": ["drivers__trips", "drivers__rate"]}}
                            """));
                    OnlineStore store = store(server)) {
                List<Lookup> lookups =
                        store.read(List.of(Drivers.read(1, 2, 3))).getFirst().lookups();
                Lookup.Found first = (Lookup.Found) lookups.getFirst();
                assertThat(first.values().getFirst()).isEqualTo(new Value.Int(1));
                assertThat(first.values().getLast()).isInstanceOf(Value.Corrupt.class);
                assertThat(lookups.get(1))
                        .isEqualTo(new Lookup.Found(List.of(Value.Null.NULL, new Value.Real(2)), NOON));
                Lookup.Found last = (Lookup.Found) lookups.getLast();
                assertThat(last.values().getFirst())
                        .isInstanceOfSatisfying(
                                Value.Corrupt.class,
                                corrupt -> assertThat(corrupt.reason()).contains("SOMETHING_NEW"));
            }
        }

        @Test
        void writesAreAsFeastsClientSendsThem() throws IOException {
            FeatureView view = Drivers.view(
                            "all",
                            Drivers.VIEW.entityColumns(),
                            Field.of("map", ValueType.StringMap.STRING_MAP),
                            Field.of("at", Scalar.UNIX_TIMESTAMP),
                            Field.of("json", Scalar.JSON))
                    .source(DataSource.Batch.files("unused.parquet").eventTime("ts"));
            try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, "null"));
                    OnlineStore store = store(server)) {
                store.write(
                        view,
                        List.of(new OnlineRow(
                                Drivers.key(1),
                                List.of(
                                        new Value.Keyed(Map.of("a", new Value.Int(1))),
                                        new Value.Time(NOON),
                                        new Value.Text("{\"b\": 2}")),
                                NOON.plusNanos(1_500),
                                Optional.of(NOON))));
                assertThat(server.requests()).hasSize(1);
                assertThat(server.requests().getFirst().path()).isEqualTo("/write-to-online-store");
                assertThat(JsonMapper.shared()
                                .readTree(server.requests().getFirst().body()))
                        .isEqualTo(JsonMapper.shared().readTree("""
                                {"feature_view_name": "all", "allow_registry_cache": false,
                                 "df": {"driver_id": [1], "map": ["{\\"a\\":1}"], "at": [1748779200], "json": ["{\\"b\\": 2}"],
                                        "event_timestamp": ["2025-06-01T12:00:00.000001"], "created": ["2025-06-01T12:00:00"],
                                        "ts": ["2025-06-01T12:00:00.000001"]}}
                                """));
            }
        }

        @Test
        void whatJsonHasNoWordForIsNotWritten() throws IOException {
            Field numbers = Field.of("numbers", new ValueType.ListOf(Scalar.DOUBLE));
            FeatureView view = Drivers.view("numbers", Drivers.VIEW.entityColumns(), numbers);
            try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, "null"));
                    OnlineStore store = store(server)) {
                assertThatThrownBy(() -> store.write(
                                view,
                                List.of(Drivers.row(1, NOON, new Value.Many(List.of(new Value.Real(Double.NaN)))))))
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("numbers of feature view 'numbers' has the number NaN");
                assertThatThrownBy(() -> store.write(
                                Drivers.VIEW, List.of(Drivers.row(1, NOON, new Value.Int(1), Value.Missing.MISSING))))
                        .isInstanceOf(UnsupportedException.class)
                        .hasMessageContaining("'rate'");
                assertThat(server.requests()).isEmpty();
            }
        }

        @Test
        void aWriteThatFailsLaterTellsWhatIsStored() throws IOException {
            int[] count = new int[1];
            try (FakeServer server = FakeServer.start(
                            exchange -> FakeServer.answer(exchange, count[0]++ == 0 ? 200 : 422, "\"no\""));
                    OnlineStore store = store(server)) {
                // The last row is the oldest, and goes first.
                List<OnlineRow> rows = LongStream.range(0, 5_001)
                        .mapToObj(i -> Drivers.row(i, NOON.minusSeconds(i), new Value.Int(i), new Value.Real(i)))
                        .toList();
                StoreException failure =
                        catchThrowableOfType(StoreException.class, () -> store.write(Drivers.VIEW, rows));
                assertThat(failure.applied())
                        .containsExactlyInAnyOrderElementsOf(
                                IntStream.rangeClosed(1, 5_000).boxed().toList());
                assertThat(failure.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
            }
        }

        @Test
        void promisesNothingFeastsProtocolDoesNotHave() throws IOException {
            try (FakeServer server = FakeServer.start(exchange -> FakeServer.answer(exchange, 200, "null"));
                    OnlineStore store = store(server)) {
                ViewChanges changes = new ViewChanges(List.of(Drivers.VIEW), List.of());
                assertThat(store.capabilities()).isEmpty();
                assertThat(store.plan(changes)).isEmpty();
                store.update(changes);
                store.teardown(List.of(Drivers.VIEW));
                assertThatThrownBy(() -> store.purge(Drivers.VIEW, NOON)).isInstanceOf(UnsupportedException.class);
                assertThatThrownBy(() -> store.scan(Drivers.VIEW)).isInstanceOf(UnsupportedException.class);
                assertThatThrownBy(() -> store.count(Drivers.VIEW)).isInstanceOf(UnsupportedException.class);
                assertThat(server.requests()).isEmpty();
            }
        }
    }
}

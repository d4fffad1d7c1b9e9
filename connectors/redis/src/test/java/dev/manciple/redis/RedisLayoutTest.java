package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.driver;
import static dev.manciple.redis.Rows.found;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.read;
import static dev.manciple.redis.Rows.row;
import static dev.manciple.redis.Rows.trips;
import static dev.manciple.redis.Rows.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.KitContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol.Command;

/** What the server holds, byte for byte as Feast 0.66 writes it, and how it is kept that way. */
class RedisLayoutTest {
    /** Written by Feast: driver 1001 of my_project, at 2024-01-01T00:00:00.123456Z, conv_rate 0.5 and acc_rate null. */
    private static final String FEAST_KEY =
            "0100000002000000090000006472697665725f69640400000008000000e9030000000000006d795f70726f6a656374";

    private static final Map<String, String> FEAST_HASH =
            Map.of(hex("_ts:driver_hourly_stats"), "088081c8ac06108094ef3a", "6160e3da", "350000003f", "fa5e58ad", "");
    private static final Instant FEAST_TIME = Instant.parse("2024-01-01T00:00:00.123456Z");
    private static final FeatureView HOURLY =
            view("driver_hourly_stats", Field.of("conv_rate", Scalar.FLOAT), Field.of("acc_rate", Scalar.FLOAT));

    private static TestServer server;

    private RedisOnlineStore store;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.flush();
        store = store(server.config());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void writesWhatFeastWrites() {
        store.write(HOURLY, List.of(row(1001, FEAST_TIME, new Value.Real(0.5), Value.Null.NULL)));
        assertThat(hash(FEAST_KEY)).isEqualTo(FEAST_HASH);
    }

    @Test
    void readsWhatFeastWrote() {
        FEAST_HASH.forEach((field, value) -> server.send(Command.HSET, bytes(FEAST_KEY), bytes(field), bytes(value)));
        assertThat(read(store, HOURLY, 1001)).containsExactly(found(FEAST_TIME, new Value.Real(0.5), Value.Null.NULL));
        assertThat(store.scan(HOURLY))
                .singleElement()
                .satisfies(scanned -> assertThat(scanned.key()).isEqualTo(driver(1001)));
    }

    @Test
    void givesViewsWithoutEntitiesTheKeyFeastGives() {
        FeatureView global = HOURLY.entities(List.of()).entityColumns(List.of());
        store.write(
                global,
                List.of(new OnlineRow(
                        new EntityKey(List.of(), List.of()),
                        List.of(Value.Null.NULL, Value.Null.NULL),
                        NOON,
                        Optional.empty())));
        assertThat(keys())
                .containsExactly("01000000020000000a0000005f5f64756d6d795f696402000000000000006d795f70726f6a656374");
    }

    /** Feast leaves out what is zero, as protobuf does, and writes times before 1970 in ten bytes. */
    @Test
    void ordersTimesOfEveryLength() {
        List<Instant> times = List.of(
                Instant.parse("1900-01-01T00:00:00.000001Z"),
                Instant.parse("1969-12-31T23:59:58.999999Z"),
                Instant.parse("1969-12-31T23:59:59Z"),
                Instant.parse("1969-12-31T23:59:59.000001Z"),
                Instant.EPOCH,
                Instant.EPOCH.plusNanos(1000),
                Instant.EPOCH.plusSeconds(1),
                Instant.EPOCH.plusSeconds(127),
                Instant.EPOCH.plusSeconds(128),
                FEAST_TIME,
                FEAST_TIME.plusNanos(1000),
                Instant.parse("2200-01-01T00:00:00Z"),
                Instant.parse("9999-12-31T23:59:59.999999Z"));
        for (int older = 0; older < times.size(); older++) {
            for (int newer = older; newer < times.size(); newer++) {
                int driver = older * times.size() + newer;
                store.write(TRIPS, List.of(trips(driver, times.get(newer), 1)));
                store.write(TRIPS, List.of(trips(driver, times.get(older), 2)));
                assertThat(read(store, TRIPS, driver))
                        .as("%s after %s", times.get(older), times.get(newer))
                        .containsExactly(foundTrips(times.get(newer), older == newer ? 2 : 1));
            }
        }
    }

    @Test
    void keepsViewsOfTheSameEntityApartInOneHash() {
        FeatureView other = view("trips2", Field.of("count", Scalar.INT64));
        store.write(TRIPS, List.of(trips(1, NOON, 10)));
        store.write(other, List.of(trips(1, NOON.minusSeconds(5), 20)));
        assertThat(keys()).hasSize(1);
        assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 10));
        assertThat(read(store, other, 1)).containsExactly(foundTrips(NOON.minusSeconds(5), 20));
        assertThat(store.plan(new ViewChanges(List.of(TRIPS), List.of(other))))
                .containsExactly(new InfraChange(InfraChange.Action.DROP, "redis", "rows of view", "trips2"));

        store.update(new ViewChanges(List.of(TRIPS), List.of(other)));
        assertThat(store.plan(new ViewChanges(List.of(TRIPS), List.of(other)))).isEmpty();
        assertThat(hash(keys().getFirst())).hasSize(2);
        assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 10));
        assertThat(read(store, other, 1)).containsExactly(Lookup.Absent.ABSENT);
    }

    @Test
    void leavesNoHashBehindThatNoViewNeeds() {
        FeatureView before = view("trips", Field.of("count", Scalar.INT64), Field.of("gone", Scalar.INT64));
        store.write(before, List.of(row(1, NOON, new Value.Int(1), new Value.Int(2))));
        store.update(new ViewChanges(List.of(), List.of(TRIPS)));
        assertThat(keys()).isEmpty();
    }

    @Test
    void leavesDroppedRowsWhereToldNotToLookForThem() {
        try (RedisOnlineStore lazy = store(with(server.config(), Optional.empty(), false, false))) {
            lazy.write(TRIPS, List.of(trips(1, NOON, 10)));
            assertThat(lazy.plan(new ViewChanges(List.of(), List.of(TRIPS)))).isEmpty();
            lazy.update(new ViewChanges(List.of(), List.of(TRIPS)));
            assertThat(keys()).hasSize(1);
            lazy.teardown(List.of(TRIPS));
            assertThat(keys()).isEmpty();
        }
    }

    @Test
    void letsHashesExpireAfterTheLastWriteThatCounted() {
        try (RedisOnlineStore brief = store(with(server.config(), Optional.of(1000), true, false))) {
            brief.write(TRIPS, List.of(trips(1, NOON, 10)));
            byte[] key = bytes(keys().getFirst());
            assertThat((Long) server.send(Command.TTL, key)).isBetween(1L, 1000L);
            server.send(Command.PERSIST, key);
            brief.write(TRIPS, List.of(trips(1, NOON.minusSeconds(1), 9)));
            assertThat(server.send(Command.TTL, key))
                    .as("an older row was ignored")
                    .isEqualTo(-1L);
        }
        store.write(TRIPS, List.of(trips(2, NOON, 10)));
        assertThat(keys())
                .hasSize(2)
                .allSatisfy(
                        key -> assertThat(server.send(Command.TTL, bytes(key))).isEqualTo(-1L));
    }

    @Test
    void letsTheLastWriteWinWhereToldTo() {
        try (RedisOnlineStore blind = store(with(server.config(), Optional.of(1000), true, true))) {
            assertThat(blind.capabilities()).doesNotContain(OnlineCapability.NEWEST_WINS);
            blind.write(TRIPS, List.of(trips(1, NOON, 10)));
            blind.write(TRIPS, List.of(trips(1, NOON.minusSeconds(1), 9)));
            assertThat(read(blind, TRIPS, 1)).containsExactly(foundTrips(NOON.minusSeconds(1), 9));
            assertThat((Long) server.send(Command.TTL, bytes(keys().getFirst())))
                    .isBetween(1L, 1000L);
        }
    }

    @Test
    void writesToAServerThatForgotItsScripts() {
        store.write(TRIPS, List.of(trips(1, NOON, 10)));
        server.send(Command.SCRIPT, "FLUSH".getBytes(StandardCharsets.UTF_8));
        store.write(TRIPS, List.of(trips(1, NOON.minusSeconds(1), 9), trips(2, NOON, 20)));
        assertThat(read(store, TRIPS, 1, 2)).containsExactly(foundTrips(NOON, 10), foundTrips(NOON, 20));
    }

    /** As a request does that gives a view two names; and hashes have views in the order of writes. */
    @Test
    void readsViewsAskedForTwiceInAnyOrder() {
        List<FeatureView> views = IntStream.range(0, 4)
                .mapToObj(i -> view(
                        "wide_" + i,
                        IntStream.range(0, 20)
                                .mapToObj(f -> Field.of("f" + f, Scalar.INT64))
                                .toArray(Field[]::new)))
                .toList();
        List<Lookup> expected = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            Value[] values =
                    LongStream.range(i, i + 20).mapToObj(Value.Int::new).toArray(Value[]::new);
            Instant event = NOON.plusSeconds(i);
            expected.add(i == 3 ? Lookup.Absent.ABSENT : found(event, values));
            if (i != 3) {
                store.write(views.get(i), List.of(row(1, event, values)));
            }
        }
        for (List<Integer> order :
                List.of(List.of(0, 1, 2, 3), List.of(2, 0, 2, 1), List.of(3, 1, 1, 3, 0), List.of(1, 1))) {
            List<OnlineRead> reads = order.stream()
                    .map(i -> new OnlineRead(
                            views.get(i), List.of(driver(1)), views.get(i).features()))
                    .toList();
            assertThat(store.read(reads).stream()
                            .map(result -> result.lookups().getFirst())
                            .toList())
                    .as("views %s", order)
                    .isEqualTo(order.stream().map(expected::get).toList());
        }
    }

    /** Wide rows are read as whole hashes, others field by field; both must say the same. */
    @Test
    void readsWideAndNarrowAlike() {
        List<Field> fields = IntStream.range(0, 600)
                .mapToObj(i -> Field.of("f" + i, Scalar.INT64))
                .toList();
        FeatureView wide = view("wide", fields.toArray(Field[]::new));
        List<Value> values = new ArrayList<>(
                LongStream.range(0, 600).<Value>mapToObj(Value.Int::new).toList());
        values.set(7, Value.Missing.MISSING);
        store.write(wide, List.of(row(1, NOON, values.toArray(Value[]::new))));
        store.write(TRIPS, List.of(trips(1, NOON.plusSeconds(9), 10)));
        Random random = new Random(3);
        for (int count : new int[] {0, 1, 2, 24, 25, 50, 299, 300, 301, 600}) {
            List<Field> some = new ArrayList<>(fields);
            Collections.shuffle(some, random);
            some = new ArrayList<>(some.subList(0, count));
            if (count > 0) {
                some.add(some.getFirst());
            }
            assertThat(store.read(List.of(new OnlineRead(wide, List.of(driver(1), driver(2)), some)))
                            .getFirst()
                            .lookups())
                    .as("%d features", count)
                    .containsExactly(
                            new Lookup.Found(
                                    some.stream()
                                            .map(field -> values.get(fields.indexOf(field)))
                                            .toList(),
                                    NOON),
                            Lookup.Absent.ABSENT);
        }
    }

    @Test
    void losesOnlyTheRowWhoseTimeIsDamaged() {
        store.write(TRIPS, List.of(trips(1, NOON, 10), trips(2, NOON, 20)));
        byte[] key = ViewLayout.of("my_project", TRIPS).key(driver(1));
        server.send(Command.HSET, key, "_ts:trips".getBytes(StandardCharsets.UTF_8), new byte[] {8, (byte) 0xff});
        List<Lookup> lookups = read(store, TRIPS, 1, 2);
        assertThat(((Lookup.Found) lookups.getFirst()).values()).singleElement().isInstanceOf(Value.Corrupt.class);
        assertThat(lookups.getLast()).isEqualTo(foundTrips(NOON, 20));
        store.write(TRIPS, List.of(trips(1, NOON.minusSeconds(9), 11)));
        assertThat(read(store, TRIPS, 1)).as("written again").containsExactly(foundTrips(NOON.minusSeconds(9), 11));
    }

    @Test
    void losesOnlyTheKeyThatIsNoHash() {
        store.write(TRIPS, List.of(trips(2, NOON, 20)));
        server.send(Command.SET, ViewLayout.of("my_project", TRIPS).key(driver(1)), new byte[] {1});
        List<Lookup> lookups = read(store, TRIPS, 1, 2);
        assertThat(((Lookup.Found) lookups.getFirst()).values()).singleElement().isInstanceOf(Value.Corrupt.class);
        assertThat(lookups.getLast()).isEqualTo(foundTrips(NOON, 20));
    }

    /** The bytes of a prefix may mean something in a pattern: a join key of 42 letters has a star in it. */
    @Test
    void findsKeysThatLookLikePatterns() {
        for (int length : new int[] {42, 63, 91, 92, 93}) {
            String joinKey = "k".repeat(length);
            FeatureView view = view("v" + length, Field.of("f", Scalar.INT64))
                    .entityColumns(List.of(Field.of(joinKey, Scalar.INT64)));
            store.write(
                    view,
                    List.of(new OnlineRow(
                            new EntityKey(List.of(joinKey), List.of(new Value.Int(1))),
                            List.of(new Value.Int(2)),
                            NOON,
                            Optional.empty())));
            assertThat(store.scan(view)).as("%d letters", length).hasSize(1);
            store.teardown(List.of(view));
            assertThat(keys()).isEmpty();
        }
    }

    @Test
    void refusesFeaturesThatWouldShareAField() {
        List<String> names = namesOfOneField(TRIPS, TRIPS);
        String first = names.getFirst();
        String second = names.getLast();
        FeatureView both = view("trips", Field.of(first, Scalar.INT64), Field.of(second, Scalar.INT64));
        ViewChanges changes = new ViewChanges(List.of(both), List.of());
        for (String name : names) {
            assertThatThrownBy(() -> store.plan(changes))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'" + name + "'");
            assertThatThrownBy(() -> store.update(changes))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'" + name + "'");
        }
        FeatureView ofOthers = view("trips", Field.of(second, Scalar.INT64))
                .entityColumns(List.of(Field.of("customer_id", Scalar.INT64)));
        FeatureView alone = view("trips", Field.of(first, Scalar.INT64));
        store.update(new ViewChanges(List.of(alone, ofOthers), List.of()));
    }

    @Test
    void refusesFeaturesOfTwoViewsThatWouldShareAField() {
        List<String> names = namesOfOneField(TRIPS, view("rides"));
        FeatureView trips = view("trips", Field.of(names.getFirst(), Scalar.INT64));
        FeatureView rides = view("rides", Field.of(names.getLast(), Scalar.INT64));
        ViewChanges changes = new ViewChanges(List.of(trips, rides), List.of());
        for (ThrowingCallable refused :
                List.<ThrowingCallable>of(() -> store.plan(changes), () -> store.update(changes))) {
            assertThatThrownBy(refused)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("feature '%s' of view 'trips'".formatted(names.getFirst()))
                    .hasMessageContaining("feature '%s' of view 'rides'".formatted(names.getLast()));
        }
    }

    /** A feature of each view whose fields have the same four bytes: among a hundred thousand there are some. */
    private static List<String> namesOfOneField(FeatureView first, FeatureView second) {
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; ; i++) {
            String name = "f" + i;
            String other = seen.get(field(second, name));
            if (other != null) {
                return List.of(other, name);
            }
            seen.put(field(first, name), name);
        }
    }

    private static String field(FeatureView view, String feature) {
        return HexFormat.of().formatHex(ViewLayout.hash(view, Field.of(feature, Scalar.INT64)));
    }

    @Test
    void refusesJoinKeysThatCannotBeKeys() {
        FeatureView view = TRIPS.entityColumns(List.of(Field.of("price", Scalar.DOUBLE)));
        ViewChanges changes = new ViewChanges(List.of(view), List.of());
        for (ThrowingCallable refused :
                List.<ThrowingCallable>of(() -> store.plan(changes), () -> store.update(changes))) {
            assertThatThrownBy(refused)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'trips'")
                    .hasMessageContaining("price");
        }
    }

    private static RedisOnlineStore store(RedisConfig config) {
        return new RedisOnlineStore(config, KitContext.withoutArrow("my_project", Path.of(".")));
    }

    private static RedisConfig with(
            RedisConfig config, Optional<Integer> keyTtlSeconds, boolean fullScan, boolean skipDedup) {
        return new RedisConfig(
                config.redisType(),
                config.sentinelMaster(),
                config.connectionString(),
                keyTtlSeconds,
                fullScan,
                skipDedup,
                config.timeout(),
                config.connectTimeout(),
                config.maxConnections());
    }

    private static List<String> keys() {
        return ((List<?>) server.send(Command.KEYS, new byte[] {'*'}))
                .stream().map(key -> HexFormat.of().formatHex((byte[]) key)).toList();
    }

    private static Map<String, String> hash(String key) {
        List<?> parts = (List<?>) server.send(Command.HGETALL, bytes(key));
        Map<String, String> hash = new TreeMap<>();
        for (int i = 0; i < parts.size(); i += 2) {
            hash.put(
                    HexFormat.of().formatHex((byte[]) parts.get(i)),
                    HexFormat.of().formatHex((byte[]) parts.get(i + 1)));
        }
        return hash;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}

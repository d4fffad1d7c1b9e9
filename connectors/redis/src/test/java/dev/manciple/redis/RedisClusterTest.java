package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.driver;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.manyTrips;
import static dev.manciple.redis.Rows.read;
import static dev.manciple.redis.Rows.trips;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.embedded.RedisServer;
import redis.embedded.RedisShardedCluster;

/** The contract over a cluster of three nodes, and keys that move between them. */
class RedisClusterTest extends OnlineStoreContract {
    private static List<Integer> ports;
    private static RedisShardedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        ports = Stream.generate(RedisClusterTest::portWithABus)
                .distinct()
                .limit(3)
                .toList();
        cluster = RedisShardedCluster.newRedisCluster()
                .withServerBuilder(RedisServer.newRedisServer().setting("bind 127.0.0.1"))
                .serverPorts(ports)
                .shard("a", 0)
                .shard("b", 0)
                .shard("c", 0)
                .build();
        cluster.start();
        // Each node hears of the others by and by, and refuses commands until it has heard of all slots.
        for (int port : ports) {
            Await.until("the cluster is whole", () -> state(port), state -> state.contains("cluster_state:ok"));
        }
    }

    private static String state(int port) {
        return new String((byte[]) send(port, Command.CLUSTER, text("INFO")), StandardCharsets.UTF_8);
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.stop();
    }

    /** Nodes talk to each other on a port 10,000 above their own. */
    private static int portWithABus() {
        int port = TestServer.freePort();
        return port < 55_000 ? port : portWithABus();
    }

    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        ports.forEach(port -> send(port, Command.FLUSHALL));
        return new ClusterFixture();
    }

    private static RedisConfig config() {
        return new RedisConfig(
                RedisType.REDIS_CLUSTER,
                "mymaster",
                new Secret("127.0.0.1:" + ports.getFirst() + ",skip_full_coverage_check=true"),
                Optional.empty(),
                true,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private record ClusterFixture() implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            return new RedisOnlineStore(config(), context);
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return EnumSet.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN);
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            byte[] hash = ViewLayout.of(project, view).key(key);
            int node = owner(JedisClusterCRC16.getSlot(hash));
            send(node, Command.HSET, hash, ViewLayout.hash(view, feature), new byte[] {(byte) 0xff});
            return true;
        }

        @Override
        public void close() {
            // The next fixture empties the nodes.
        }
    }

    @Test
    final void spreadsRowsOverAllNodes() {
        try (RedisOnlineStore store = new RedisOnlineStore(config(), KitContext.withoutArrow("p", Path.of(".")))) {
            store.write(TRIPS, manyTrips(300));
            for (int port : ports) {
                assertThat((Long) send(port, Command.DBSIZE)).isBetween(1L, 299L);
            }
            assertThat(read(store, TRIPS, LongStream.range(0, 300).toArray()))
                    .containsExactlyElementsOf(LongStream.range(0, 300)
                            .mapToObj(i -> foundTrips(NOON, i))
                            .toList());
            assertThat(store.scan(TRIPS)).hasSize(300);
        }
    }

    @Test
    final void followsKeysThatMove() {
        try (RedisOnlineStore store = new RedisOnlineStore(config(), KitContext.withoutArrow("p", Path.of(".")))) {
            store.write(TRIPS, List.of(trips(1, NOON, 1)));
            byte[] key = ViewLayout.of("p", TRIPS).key(driver(1));
            int slot = JedisClusterCRC16.getSlot(key);
            int from = owner(slot);
            int to = ports.stream().filter(port -> port != from).findFirst().orElseThrow();

            setSlot(to, slot, "IMPORTING", id(from));
            setSlot(from, slot, "MIGRATING", id(to));
            send(from, Command.MIGRATE, text("127.0.0.1"), text(Integer.toString(to)), key, text("0"), text("5000"));
            assertThat(read(store, TRIPS, 1))
                    .as("the key has moved, its slot not yet")
                    .containsExactly(foundTrips(NOON, 1));
            store.write(TRIPS, List.of(trips(1, NOON.plusSeconds(1), 2), trips(2, NOON, 3)));

            String newOwner = id(to);
            ports.forEach(port -> setSlot(port, slot, "NODE", newOwner));
            store.write(TRIPS, List.of(trips(1, NOON.plusSeconds(2), 4)));
            assertThat(read(store, TRIPS, 1, 2))
                    .containsExactly(foundTrips(NOON.plusSeconds(2), 4), foundTrips(NOON, 3));
        }
    }

    private static int owner(int slot) {
        for (Object range : (List<?>) send(ports.getFirst(), Command.CLUSTER, text("SLOTS"))) {
            List<?> parts = (List<?>) range;
            if ((Long) parts.get(0) <= slot && slot <= (Long) parts.get(1)) {
                return Math.toIntExact((Long) ((List<?>) parts.get(2)).get(1));
            }
        }
        throw new AssertionError("no node has slot " + slot);
    }

    private static String id(int port) {
        return new String((byte[]) send(port, Command.CLUSTER, text("MYID")), StandardCharsets.US_ASCII);
    }

    private static void setSlot(int port, int slot, String state, String node) {
        send(port, Command.CLUSTER, text("SETSLOT"), text(Integer.toString(slot)), text(state), text(node));
    }

    private static Object send(int port, ProtocolCommand command, byte[]... arguments) {
        try (Connection connection = new Connection("127.0.0.1", port)) {
            connection.sendCommand(command, arguments);
            return connection.getOne();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

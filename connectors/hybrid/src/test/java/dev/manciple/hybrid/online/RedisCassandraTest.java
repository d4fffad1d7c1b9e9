package dev.manciple.hybrid.online;

import dev.manciple.cassandra.TestKeyspace;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.tck.OnlineStoreContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A Redis and a Cassandra server side by side. Views whose names have an odd number of letters live in Cassandra, as the kit's
 * own one does: of the two Cassandra keeps the coarser times, which are those the router promises.
 */
class RedisCassandraTest extends OnlineStoreContract {
    private static LoopbackRedis redis;

    @BeforeAll
    static void start() {
        redis = new LoopbackRedis();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected OnlineFixture fixture(Path emptyFolder) {
        redis.flush();
        return new TwoServers(redis, new TestKeyspace());
    }

    private record TwoServers(LoopbackRedis redis, TestKeyspace keyspace) implements OnlineFixture {
        @Override
        public OnlineStore open(StoreContext context) {
            Map<String, Object> cassandra = new HashMap<>(keyspace.options());
            cassandra.put("type", "cassandra");
            cassandra.put("request_timeout", 60);
            Map<String, Object> options = Map.of(
                    "routing_tag",
                    "team",
                    "deadline",
                    "1m",
                    // A Cassandra on a machine that builds besides loses its connection now and then.
                    "retries",
                    8,
                    "online_stores",
                    List.of(redis.child(), cassandra));
            return new TaggedStore(
                    RouterContext.of(context).open(new StoreConfig("hybrid", options)),
                    view -> Map.of("team", view.name().length() % 2 == 0 ? "redis" : "cassandra"));
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return EnumSet.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN);
        }

        @Override
        public void close() {
            keyspace.close();
        }
    }
}

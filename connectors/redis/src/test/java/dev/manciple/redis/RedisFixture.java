package dev.manciple.redis;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OnlineFixture;
import java.util.EnumSet;
import java.util.Set;
import redis.clients.jedis.Protocol;

/** Stores over one server, which is emptied first. */
record RedisFixture(TestServer server) implements OnlineFixture {
    RedisFixture {
        server.flush();
    }

    @Override
    public OnlineStore open(StoreContext context) {
        return new RedisOnlineStore(server.config(), context);
    }

    @Override
    public Set<OnlineCapability> expectedCapabilities() {
        return EnumSet.of(OnlineCapability.NEWEST_WINS, OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN);
    }

    @Override
    public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
        byte[] hash = ViewLayout.of(project, view).key(key);
        server.send(Protocol.Command.HSET, hash, ViewLayout.hash(view, feature), new byte[] {(byte) 0xff});
        return true;
    }

    @Override
    public void close() {
        // The next fixture empties the server.
    }
}

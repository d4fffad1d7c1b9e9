package dev.manciple.redis;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online store in Redis. */
public final class RedisPlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new RedisOnlineStoreFactory());
    }
}

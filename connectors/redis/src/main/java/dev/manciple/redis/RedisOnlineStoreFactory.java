package dev.manciple.redis;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code redis}. */
final class RedisOnlineStoreFactory implements OnlineStoreFactory<RedisConfig> {
    @Override
    public String type() {
        return "redis";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.redis.RedisOnlineStore");
    }

    @Override
    public Class<RedisConfig> configType() {
        return RedisConfig.class;
    }

    @Override
    public OnlineStore create(RedisConfig config, StoreContext context) {
        return new RedisOnlineStore(config, context);
    }
}

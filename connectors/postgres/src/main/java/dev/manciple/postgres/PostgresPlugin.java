package dev.manciple.postgres;

import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** PostgreSQL as an offline and as an online store. */
public final class PostgresPlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new PostgresOfflineStoreFactory());
    }

    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new PostgresOnlineStoreFactory());
    }
}

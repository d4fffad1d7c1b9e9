package dev.manciple.postgres;

import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** PostgreSQL as an offline store. */
public final class PostgresPlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new PostgresOfflineStoreFactory());
    }
}

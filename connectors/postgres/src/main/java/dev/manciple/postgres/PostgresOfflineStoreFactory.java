package dev.manciple.postgres;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes offline stores, also for Feast's class path. */
final class PostgresOfflineStoreFactory implements OfflineStoreFactory<PostgresOfflineConfig> {
    @Override
    public String type() {
        return "postgres";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.offline_stores.contrib.postgres_offline_store.postgres.PostgreSQLOfflineStore");
    }

    @Override
    public Class<PostgresOfflineConfig> configType() {
        return PostgresOfflineConfig.class;
    }

    @Override
    public OfflineStore create(PostgresOfflineConfig config, StoreContext context) {
        return new PostgresOfflineStore(config, context);
    }
}

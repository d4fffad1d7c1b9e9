package dev.manciple.postgres;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes online stores, also for Feast's class paths. */
final class PostgresOnlineStoreFactory implements OnlineStoreFactory<PostgresOnlineConfig> {
    @Override
    public String type() {
        return "postgres";
    }

    @Override
    public Set<String> aliases() {
        return Set.of(
                "feast.infra.online_stores.postgres_online_store.postgres.PostgreSQLOnlineStore",
                "feast.infra.online_stores.contrib.postgres.PostgreSQLOnlineStore");
    }

    @Override
    public Class<PostgresOnlineConfig> configType() {
        return PostgresOnlineConfig.class;
    }

    @Override
    public OnlineStore create(PostgresOnlineConfig config, StoreContext context) {
        return new PostgresOnlineStore(config, context);
    }
}

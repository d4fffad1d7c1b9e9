package dev.manciple.cassandra;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code scylladb}. */
final class ScyllaDbOnlineStoreFactory implements OnlineStoreFactory<ScyllaDbConfig> {
    @Override
    public String type() {
        return "scylladb";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.scylladb_online_store.scylladb.ScyllaDBOnlineStore");
    }

    @Override
    public Class<ScyllaDbConfig> configType() {
        return ScyllaDbConfig.class;
    }

    @Override
    public OnlineStore create(ScyllaDbConfig config, StoreContext context) {
        return new CassandraOnlineStore(config.settings(context.repoPath()), context);
    }
}

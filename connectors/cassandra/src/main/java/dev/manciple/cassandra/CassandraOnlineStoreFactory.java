package dev.manciple.cassandra;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code cassandra}. */
final class CassandraOnlineStoreFactory implements OnlineStoreFactory<CassandraConfig> {
    @Override
    public String type() {
        return "cassandra";
    }

    @Override
    public Set<String> aliases() {
        return Set.of(
                "feast.infra.online_stores.cassandra_online_store.cassandra_online_store.CassandraOnlineStore",
                "feast.infra.online_stores.contrib.cassandra_online_store.cassandra_online_store.CassandraOnlineStore");
    }

    @Override
    public Class<CassandraConfig> configType() {
        return CassandraConfig.class;
    }

    @Override
    public OnlineStore create(CassandraConfig config, StoreContext context) {
        return new CassandraOnlineStore(config.settings(context.repoPath()), context);
    }
}

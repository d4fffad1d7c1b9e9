package dev.manciple.cassandra;

import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Offers the online stores in Cassandra and in ScyllaDB. */
public final class CassandraPlugin implements Plugin {
    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new CassandraOnlineStoreFactory(), new ScyllaDbOnlineStoreFactory());
    }
}

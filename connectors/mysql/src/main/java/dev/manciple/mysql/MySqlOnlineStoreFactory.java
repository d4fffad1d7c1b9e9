package dev.manciple.mysql;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code mysql}. */
final class MySqlOnlineStoreFactory implements OnlineStoreFactory<MySqlConfig> {
    @Override
    public String type() {
        return "mysql";
    }

    @Override
    public Set<String> aliases() {
        return Set.of(
                "feast.infra.online_stores.mysql_online_store.mysql.MySQLOnlineStore",
                "feast.infra.online_stores.contrib.mysql_online_store.mysql.MySQLOnlineStore");
    }

    @Override
    public Class<MySqlConfig> configType() {
        return MySqlConfig.class;
    }

    @Override
    public OnlineStore create(MySqlConfig config, StoreContext context) {
        return new MySqlOnlineStore(config, context);
    }
}

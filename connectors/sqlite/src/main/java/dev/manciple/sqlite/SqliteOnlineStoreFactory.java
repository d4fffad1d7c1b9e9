package dev.manciple.sqlite;

import dev.manciple.spi.Maturity;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code sqlite}. */
final class SqliteOnlineStoreFactory implements OnlineStoreFactory<SqliteConfig> {
    @Override
    public String type() {
        return "sqlite";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.sqlite.SqliteOnlineStore");
    }

    @Override
    public Class<SqliteConfig> configType() {
        return SqliteConfig.class;
    }

    @Override
    public Maturity maturity() {
        return Maturity.STABLE;
    }

    @Override
    public OnlineStore create(SqliteConfig config, StoreContext context) {
        return new SqliteOnlineStore(config, context);
    }
}

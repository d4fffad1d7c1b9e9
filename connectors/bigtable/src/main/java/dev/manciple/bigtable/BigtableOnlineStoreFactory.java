package dev.manciple.bigtable;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the store Feast calls {@code bigtable}. */
final class BigtableOnlineStoreFactory implements OnlineStoreFactory<BigtableConfig> {
    @Override
    public String type() {
        return "bigtable";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.bigtable.BigtableOnlineStore");
    }

    @Override
    public Class<BigtableConfig> configType() {
        return BigtableConfig.class;
    }

    @Override
    public OnlineStore create(BigtableConfig config, StoreContext context) {
        return new BigtableOnlineStore(config, context);
    }
}

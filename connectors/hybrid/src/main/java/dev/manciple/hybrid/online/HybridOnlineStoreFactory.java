package dev.manciple.hybrid.online;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes the router Feast calls {@code hybrid}. */
public final class HybridOnlineStoreFactory implements OnlineStoreFactory<HybridOnlineConfig> {
    @Override
    public String type() {
        return "hybrid";
    }

    @Override
    public Set<String> aliases() {
        return Set.of(
                "hybrid_online_store.HybridOnlineStore",
                "hybrid_online_store.hybrid_online_store.HybridOnlineStore",
                "feast.infra.online_stores.hybrid_online_store.HybridOnlineStore",
                "feast.infra.online_stores.hybrid_online_store.hybrid_online_store.HybridOnlineStore");
    }

    @Override
    public Class<HybridOnlineConfig> configType() {
        return HybridOnlineConfig.class;
    }

    @Override
    public OnlineStore create(HybridOnlineConfig config, StoreContext context) {
        return HybridOnlineStore.of(config, context);
    }
}

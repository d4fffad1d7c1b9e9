package dev.manciple.hybrid.offline;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes offline routers, also for the names Feast has for its own. */
public final class HybridOfflineStoreFactory implements OfflineStoreFactory<HybridOfflineConfig> {
    static final Set<String> NAMES = Set.of(
            "hybrid",
            "hybrid_offline_store.HybridOfflineStore",
            "feast.infra.offline_stores.hybrid_offline_store.HybridOfflineStore");

    @Override
    public String type() {
        return "hybrid";
    }

    @Override
    public Set<String> aliases() {
        return NAMES;
    }

    @Override
    public Class<HybridOfflineConfig> configType() {
        return HybridOfflineConfig.class;
    }

    @Override
    public OfflineStore create(HybridOfflineConfig config, StoreContext context) {
        return HybridOfflineStore.create(config, context);
    }
}

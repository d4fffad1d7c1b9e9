package dev.manciple.hybrid;

import dev.manciple.hybrid.offline.HybridOfflineStoreFactory;
import dev.manciple.hybrid.online.HybridOnlineStoreFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Contributes the routers. */
public final class HybridPlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new HybridOfflineStoreFactory());
    }

    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new HybridOnlineStoreFactory());
    }
}

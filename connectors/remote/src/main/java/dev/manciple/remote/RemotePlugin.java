package dev.manciple.remote;

import dev.manciple.remote.offline.RemoteOfflineStoreFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import java.util.List;

/** Contributes the stores of type {@code remote}. */
public final class RemotePlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new RemoteOfflineStoreFactory());
    }
}

package dev.manciple.remote;

import dev.manciple.remote.offline.RemoteOfflineStoreFactory;
import dev.manciple.remote.online.RemoteOnlineStoreFactory;
import dev.manciple.remote.registry.RemoteRegistryFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.RegistryFactory;
import java.util.List;

/** Contributes the stores and the registry of type {@code remote}. */
public final class RemotePlugin implements Plugin {
    @Override
    public List<OfflineStoreFactory<?>> offlineStores() {
        return List.of(new RemoteOfflineStoreFactory());
    }

    @Override
    public List<OnlineStoreFactory<?>> onlineStores() {
        return List.of(new RemoteOnlineStoreFactory());
    }

    @Override
    public List<RegistryFactory<?>> registries() {
        return List.of(new RemoteRegistryFactory());
    }
}

package dev.manciple.remote.offline;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes offline stores behind a server. */
public final class RemoteOfflineStoreFactory implements OfflineStoreFactory<RemoteOfflineConfig> {
    @Override
    public String type() {
        return "remote";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.offline_stores.remote.RemoteOfflineStore");
    }

    @Override
    public Class<RemoteOfflineConfig> configType() {
        return RemoteOfflineConfig.class;
    }

    @Override
    public OfflineStore create(RemoteOfflineConfig config, StoreContext context) {
        return new RemoteOfflineStore(config, context);
    }
}

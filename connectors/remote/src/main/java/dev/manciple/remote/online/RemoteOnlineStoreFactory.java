package dev.manciple.remote.online;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes online stores behind a feature server. */
public final class RemoteOnlineStoreFactory implements OnlineStoreFactory<RemoteOnlineConfig> {
    @Override
    public String type() {
        return "remote";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.online_stores.remote.RemoteOnlineStore");
    }

    @Override
    public Class<RemoteOnlineConfig> configType() {
        return RemoteOnlineConfig.class;
    }

    @Override
    public OnlineStore create(RemoteOnlineConfig config, StoreContext context) {
        return new RemoteOnlineStore(FeatureServerClient.open(config, context), context.project());
    }
}

package dev.manciple.plugin.stores;

import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.StoreContext;

/** Makes stores by the convention's class. */
public class GreetingOnlineStoreFactory implements OnlineStoreFactory<NamedOnlineStoreConfig> {
    @Override
    public String type() {
        return "greeting";
    }

    @Override
    public Class<NamedOnlineStoreConfig> configType() {
        return NamedOnlineStoreConfig.class;
    }

    @Override
    public OnlineStore create(NamedOnlineStoreConfig config, StoreContext context) {
        return new NamedOnlineStore(config, context);
    }
}

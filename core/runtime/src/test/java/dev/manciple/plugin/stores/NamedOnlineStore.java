package dev.manciple.plugin.stores;

import dev.manciple.spi.StoreContext;

/** Follows the convention of Feast's guide. */
public final class NamedOnlineStore extends EmptyOnlineStore {
    private final NamedOnlineStoreConfig config;
    private final StoreContext context;

    public NamedOnlineStore(NamedOnlineStoreConfig config, StoreContext context) {
        this.config = config;
        this.context = context;
    }

    public NamedOnlineStoreConfig config() {
        return config;
    }

    public StoreContext context() {
        return context;
    }
}

package dev.manciple.plugin;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;

/** Stores of somebody's whose failures become Manciple's and name the store; closing one closes the store. */
public final class Guards {
    private Guards() {}

    public static OfflineStore offlineStore(OfflineStore store, String name) {
        return new GuardedOfflineStore(store, new Guard(name));
    }

    public static OnlineStore onlineStore(OnlineStore store, String name) {
        return onlineStore(store, name, new StoreObservers());
    }

    /** @param observers hear of its reads, under the name */
    public static OnlineStore onlineStore(OnlineStore store, String name, StoreObservers observers) {
        return new GuardedOnlineStore(store, new Guard(name), name, observers);
    }

    public static Registry registry(Registry registry, String name) {
        return new GuardedRegistry(registry, new Guard(name));
    }
}

package dev.manciple.hybrid.online;

import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Another context that also makes children, as the runtime does.
 *
 * @param child put around every child that is made
 */
record RouterContext(StoreContext context, Stores stores, BiFunction<StoreConfig, OnlineStore, OnlineStore> child)
        implements StoreContext {
    static RouterContext of(StoreContext context) {
        return around(context, (config, store) -> store);
    }

    static RouterContext around(StoreContext context, BiFunction<StoreConfig, OnlineStore, OnlineStore> child) {
        return new RouterContext(
                context,
                new Stores(new StoreTypes(Plugins.load(RouterContext.class.getClassLoader(), List.of()))),
                child);
    }

    /** The store a section {@code online_store} describes. */
    OnlineStore open(StoreConfig config) {
        return stores.onlineStore("feature_store.yaml: online_store", config, this);
    }

    @Override
    public OnlineStore onlineStore(StoreConfig config) {
        return child.apply(config, stores.onlineStore("a router", config, this));
    }

    @Override
    public Set<String> onlineStoreNames(String type) {
        return stores.onlineStoreNames("a router", type);
    }

    @Override
    public OfflineStore offlineStore(StoreConfig config) {
        return stores.offlineStore("a router", config, this);
    }

    @Override
    public String project() {
        return context.project();
    }

    @Override
    public Path repoPath() {
        return context.repoPath();
    }

    @Override
    public BufferAllocator allocator() {
        return context.allocator();
    }

    @Override
    public Executor executor() {
        return context.executor();
    }

    @Override
    public InstantSource clock() {
        return context.clock();
    }
}

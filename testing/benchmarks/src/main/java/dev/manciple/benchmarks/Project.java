package dev.manciple.benchmarks;

import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/** Makes stores as the runtime makes those of a {@code feature_store.yaml}. */
public final class Project {
    /** What every store is told the project is. */
    public static final String NAME = "benchmarks";

    private final Stores stores;
    private final LocalStoreContext context;

    /**
     * @param folder where the stores' relative paths start
     * @param allocator lent to the stores, closed by the caller after them
     */
    public Project(Path folder, BufferAllocator allocator) {
        this(folder, allocator, Project.class.getClassLoader());
    }

    /** @param plugins has the plug-ins */
    Project(Path folder, BufferAllocator allocator, ClassLoader plugins) {
        this.stores = new Stores(new StoreTypes(Plugins.load(plugins, List.of())));
        this.context = LocalStoreContext.of(NAME, folder, allocator, stores);
    }

    OfflineStore duckdb(Settings settings) {
        return duckdb(Map.of(
                "threads", settings.threads(),
                "memory_limit", settings.memoryLimit(),
                "temp_directory", settings.folder().toString()));
    }

    /** With everything left out. The caller closes it. */
    public OfflineStore duckdb() {
        return duckdb(Map.of());
    }

    private OfflineStore duckdb(Map<String, Object> options) {
        return offlineStore("duckdb", options);
    }

    /** Of any type. The caller closes it. */
    OfflineStore offlineStore(String type, Map<String, Object> options) {
        return stores.offlineStore(NAME, new StoreConfig(type, options), context);
    }

    /** A store in one file, which the caller closes. */
    public OnlineStore sqlite(Path file) {
        return stores.onlineStore(NAME, new StoreConfig("sqlite", Map.of("path", file.toString())), context);
    }

    /** A store over a server, which the caller closes. */
    public OnlineStore redis(String address) {
        return onlineStore("redis", Map.of("connection_string", address));
    }

    /** Of any type. The caller closes it. */
    OnlineStore onlineStore(String type, Map<String, Object> options) {
        return stores.onlineStore(NAME, new StoreConfig(type, options), context);
    }

    /** A registry's content that has these views and nothing else. */
    public static RegistrySnapshot snapshot(String version, List<FeatureView> views) {
        Map<String, AnyFeatureView> byName = new LinkedHashMap<>();
        views.forEach(view -> byName.put(view.name(), view));
        return new RegistrySnapshot(
                NAME, version, Map.of(), byName, Map.of(), Map.of(), Map.of(), List.of(), Map.of(), Extras.NONE);
    }
}

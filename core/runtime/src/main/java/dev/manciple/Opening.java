package dev.manciple;

import dev.manciple.auth.ClientCredentials;
import dev.manciple.error.ConfigException;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreObservers;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.registry.FileRegistryPlugin;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.transform.ForeignFunctions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Makes a feature store of a repository's configuration, or leaves nothing open. */
final class Opening {
    /** Feast's default of {@code cache_ttl_seconds}, a key of every kind of registry. */
    private static final String DEFAULT_CACHE_TTL_SECONDS = "600";

    private final RepoConfig config;
    private final Plugins plugins;
    private final Stores stores;
    private final Map<String, String> env;
    private final StoreObservers observers;
    private final Optional<ForeignFunctions.Factory> foreign;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Opening(
            RepoConfig config,
            Plugins plugins,
            Stores stores,
            Map<String, String> env,
            StoreObservers observers,
            Optional<ForeignFunctions.Factory> foreign) {
        this.config = config;
        this.plugins = plugins;
        this.stores = stores;
        this.env = env;
        this.observers = observers;
        this.foreign = foreign;
    }

    static LocalFeatureStore openToApply(
            Path repository, Path yamlFile, Map<String, String> env, Optional<ForeignFunctions.Factory> foreign) {
        JvmFlags.check();
        Plugins plugins = plugins();
        StoreObservers observers = new StoreObservers();
        Stores stores = new Stores(new StoreTypes(plugins), observers);
        RepoConfig config = RepoConfig.load(repository, yamlFile, env, stores);
        return new Opening(config, plugins, stores, env, observers, foreign).open();
    }

    static FeatureStore open(
            Path repository, Path yamlFile, Map<String, String> env, Optional<ForeignFunctions.Factory> foreign) {
        LocalFeatureStore store = openToApply(repository, yamlFile, env, foreign);
        try {
            store.requirePlaces();
            return store;
        } catch (RuntimeException | Error e) {
            try (store) {
                throw e;
            }
        }
    }

    static Plugins plugins() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? FeatureStore.class.getClassLoader() : context;
        return Plugins.load(loader, List.of(new FileRegistryPlugin()));
    }

    private LocalFeatureStore open() {
        if (!config.batchEngine().type().equals("local")) {
            throw new ConfigException(
                    config.where("batch_engine"),
                    List.of(
                            "type '%s': this version materializes in its own process only; write 'local' or leave the key out"
                                    .formatted(config.batchEngine().type())));
        }
        try {
            return new LocalFeatureStore(parts());
        } catch (RuntimeException | Error e) {
            closeOpened(e);
            throw e;
        }
    }

    private LocalFeatureStore.Parts parts() {
        BufferAllocator allocator = opening(new RootAllocator());
        StoreContext context = LocalStoreContext.of(config.project(), config.root(), allocator, stores)
                .withCredentials(ClientCredentials.of(env).of(config.authentication()));
        Registry registry = opening(stores.registry(config.where("registry"), config.registry(), context));
        OfflineStore offline =
                opening(stores.offlineStore(config.where("offline_store"), config.offlineStore(), context));
        OnlineStore online = opening(config.onlineStore()
                .map(store -> stores.onlineStore(config.where("online_store"), store, context))
                .orElse(NoOnlineStore.INSTANCE));
        return new LocalFeatureStore.Parts(
                config.project(),
                registry,
                offline,
                online,
                config.onlineStore().map(StoreConfig::type).orElse(""),
                allocator,
                context.clock(),
                cacheTtl(config.registry()),
                observers,
                foreignFunctions(allocator),
                functions(),
                () -> Definitions.functions(config.root(), plugins),
                limits());
    }

    private Optional<ForeignFunctions> foreignFunctions(BufferAllocator allocator) {
        return config.featureServer()
                .transformationServiceEndpoint()
                .flatMap(endpoint ->
                        foreign.map(factory -> opening(factory.connect(endpoint, config.project(), allocator))));
    }

    private List<FeatureFunction> functions() {
        List<FeatureFunction> functions = new ArrayList<>();
        plugins.loaded().forEach(plugin -> functions.addAll(plugin.functions()));
        return functions;
    }

    private MaterializeLimits limits() {
        MaterializeLimits limits = MaterializeLimits.ofMachine();
        return config.materialization()
                .onlineWriteBatchSize()
                .map(limits::batchSize)
                .orElse(limits);
    }

    private static Duration cacheTtl(StoreConfig registry) {
        Object seconds = registry.options().getOrDefault("cache_ttl_seconds", DEFAULT_CACHE_TTL_SECONDS);
        return Duration.ofSeconds(Long.parseLong(String.valueOf(seconds).strip()));
    }

    private <T extends AutoCloseable> T opening(T resource) {
        opened.push(resource);
        return resource;
    }

    private void closeOpened(Throwable reason) {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                reason.addSuppressed(e);
            }
        }
    }
}

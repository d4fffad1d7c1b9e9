package dev.manciple.plugin;

import dev.manciple.error.ConfigException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.spi.MaterializationEngine;
import dev.manciple.spi.MaterializationEngineFactory;
import dev.manciple.spi.Maturity;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes stores of their configuration: resolves the type, binds the options, calls the factory. Making does not connect. The
 * caller closes what is made. Failures of what is made name the store, whoever wrote it. Who uses a store that its author
 * declares to be alpha is warned, once per instance of this class and type.
 *
 * <p>{@code where} starts every message: the file and the section. The methods throw a
 * {@link dev.manciple.error.ConfigException} if the type is unknown or the options do not fit it.
 */
public final class Stores {
    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    private final StoreTypes types;
    private final StoreObservers observers;
    private final ConfigBinder binder;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public Stores(StoreTypes types) {
        this(types, new StoreObservers());
    }

    /** @param observers hear of the reads of the online stores that are made */
    public Stores(StoreTypes types, StoreObservers observers) {
        this.types = types;
        this.observers = observers;
        this.binder = new ConfigBinder();
    }

    public OfflineStore offlineStore(String where, StoreConfig config, StoreContext context) {
        return bound(types.offlineStore(where, config.type()), where, config).apply(context);
    }

    public OnlineStore onlineStore(String where, StoreConfig config, StoreContext context) {
        return bound(types.onlineStore(where, config.type()), where, config).apply(context);
    }

    public Registry registry(String where, StoreConfig config, StoreContext context) {
        return bound(types.registry(where, config.type()), where, config).apply(context);
    }

    /**
     * As {@link #registry}, of one whose objects can be served one by one. Its failures name it as they are.
     *
     * @throws ConfigException if registries of the type keep them in another way
     */
    public StoredRegistry storedRegistry(String where, StoreConfig config, StoreContext context) {
        RegistryFactory<?> factory = types.registry(where, config.type());
        Registry registry = create(factory, where, config, context);
        if (registry instanceof StoredRegistry stored) {
            return stored;
        }
        registry.close();
        throw new ConfigException(
                where,
                List.of("a registry of type '%s' cannot be served to others; only a file registry can (type: file)"
                        .formatted(config.type())));
    }

    private <C extends Record> Registry create(
            RegistryFactory<C> factory, String where, StoreConfig config, StoreContext context) {
        return factory.create(bind(factory.configType(), where, config), context);
    }

    public MaterializationEngine engine(String where, StoreConfig config, StoreContext context) {
        return bound(types.engine(where, config.type()), where, config).apply(context);
    }

    /**
     * Every name that means the same offline store as {@code type}, that one included, and the types of sources its plug-in
     * brings.
     */
    public Set<String> offlineStoreNames(String where, String type) {
        OfflineStoreFactory<?> factory = types.offlineStore(where, type);
        Set<String> names = new HashSet<>(names(type, factory.type(), factory.aliases()));
        names.addAll(types.sourceTypesOf(factory));
        return Set.copyOf(names);
    }

    /** Every name that means the same online store as {@code type}, that one included. */
    public Set<String> onlineStoreNames(String where, String type) {
        OnlineStoreFactory<?> factory = types.onlineStore(where, type);
        return names(type, factory.type(), factory.aliases());
    }

    private static Set<String> names(String written, String type, Set<String> aliases) {
        Set<String> names = new HashSet<>(aliases);
        names.add(type);
        names.add(written);
        return Set.copyOf(names);
    }

    /** Finds what is wrong with a configuration without making anything. */
    public void checkOfflineStore(String where, StoreConfig config) {
        bound(types.offlineStore(where, config.type()), where, config);
    }

    /** As {@link #checkOfflineStore}. */
    public void checkOnlineStore(String where, StoreConfig config) {
        bound(types.onlineStore(where, config.type()), where, config);
    }

    /** As {@link #checkOfflineStore}. */
    public void checkRegistry(String where, StoreConfig config) {
        bound(types.registry(where, config.type()), where, config);
    }

    /** As {@link #checkOfflineStore}. */
    public void checkEngine(String where, StoreConfig config) {
        bound(types.engine(where, config.type()), where, config);
    }

    private <C extends Record> Function<StoreContext, OfflineStore> bound(
            OfflineStoreFactory<C> factory, String where, StoreConfig config) {
        C options = bind(factory.configType(), where, config);
        Guard guard = guard("offline store", config.type(), options.getClass(), factory.maturity());
        return context -> new GuardedOfflineStore(guard.read("start", () -> factory.create(options, context)), guard);
    }

    private <C extends Record> Function<StoreContext, OnlineStore> bound(
            OnlineStoreFactory<C> factory, String where, StoreConfig config) {
        C options = bind(factory.configType(), where, config);
        Guard guard = guard("online store", config.type(), options.getClass(), factory.maturity());
        return context -> new GuardedOnlineStore(
                guard.read("start", () -> factory.create(options, context)), guard, config.type(), observers);
    }

    private <C extends Record> Function<StoreContext, Registry> bound(
            RegistryFactory<C> factory, String where, StoreConfig config) {
        C options = bind(factory.configType(), where, config);
        Guard guard = guard("registry", config.type(), options.getClass(), factory.maturity());
        return context -> new GuardedRegistry(guard.read("start", () -> factory.create(options, context)), guard);
    }

    private <C extends Record> Function<StoreContext, MaterializationEngine> bound(
            MaterializationEngineFactory<C> factory, String where, StoreConfig config) {
        C options = bind(factory.configType(), where, config);
        return context -> factory.create(options, context);
    }

    private <C extends Record> C bind(Class<C> type, String where, StoreConfig config) {
        return binder.bind("%s (type: %s)".formatted(where, config.type()), type, config.options());
    }

    private Guard guard(String role, String type, Class<?> config, Maturity maturity) {
        String name = "%s '%s'".formatted(role, type);
        if (maturity == Maturity.ALPHA && warned.add(name)) {
            LOG.warn("The {} is alpha: what it promises and how it is configured may still change.", name);
        }
        ClassLoader loader = config.getClassLoader();
        return new Guard(name, Optional.ofNullable(loader).filter(PluginClassLoader.class::isInstance));
    }
}

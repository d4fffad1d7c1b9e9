package dev.manciple.plugin;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.MaterializationEngineFactory;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.StoreContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One of the parts a {@code type:} can fill.
 *
 * @param <F> the factories of the role
 * @param noun as people say it
 * @param offered what a plug-in offers for it
 * @param feast what Feast ships for it
 * @param convention how a store class without a factory is recognized
 */
record Role<F>(
        String noun,
        Class<F> factory,
        Function<Plugin, List<Offer<F>>> offered,
        List<FeastStore> feast,
        Optional<Convention<F>> convention) {

    /** A factory under its names. */
    record Offer<F>(String type, Set<String> aliases, F factory, Class<?> by) {}

    /**
     * A store class named as in Feast's guide: {@code MyOfflineStore(MyOfflineStoreConfig, StoreContext)}.
     *
     * @param wrap makes a factory of the store's config record and constructor
     */
    record Convention<F>(Class<?> store, BiFunction<Class<? extends Record>, Constructor<?>, F> wrap) {
        String suffix() {
            return store.getSimpleName();
        }
    }

    static final Role<OfflineStoreFactory<?>> OFFLINE_STORE = new Role<OfflineStoreFactory<?>>(
            "offline store",
            wildcard(OfflineStoreFactory.class),
            plugin -> plugin.offlineStores().stream()
                    .map(factory ->
                            Role.<OfflineStoreFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.OFFLINE,
            Optional.of(new Convention<>(OfflineStore.class, OfflineStoreOfClass::new)));

    static final Role<OnlineStoreFactory<?>> ONLINE_STORE = new Role<OnlineStoreFactory<?>>(
            "online store",
            wildcard(OnlineStoreFactory.class),
            plugin -> plugin.onlineStores().stream()
                    .map(factory ->
                            Role.<OnlineStoreFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.ONLINE,
            Optional.of(new Convention<>(OnlineStore.class, OnlineStoreOfClass::new)));

    static final Role<RegistryFactory<?>> REGISTRY = new Role<RegistryFactory<?>>(
            "registry",
            wildcard(RegistryFactory.class),
            plugin -> plugin.registries().stream()
                    .map(factory -> Role.<RegistryFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.REGISTRIES,
            Optional.empty());

    static final Role<MaterializationEngineFactory<?>> ENGINE = new Role<MaterializationEngineFactory<?>>(
            "materialization engine",
            wildcard(MaterializationEngineFactory.class),
            plugin -> plugin.engines().stream()
                    .map(factory -> Role.<MaterializationEngineFactory<?>>offer(
                            factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.ENGINES,
            Optional.empty());

    private static <F> Offer<F> offer(String type, Set<String> aliases, F factory, Plugin by) {
        return new Offer<>(type, aliases, factory, by.getClass());
    }

    /** A class literal cannot name a wildcard; every factory of the raw class is one of the wildcard. */
    @SuppressWarnings("unchecked")
    private static <F> Class<F> wildcard(Class<? super F> raw) {
        return (Class<F>) raw;
    }

    private static Object construct(Constructor<?> constructor, Record config, StoreContext context) {
        String store = constructor.getDeclaringClass().getSimpleName();
        try {
            return constructor.newInstance(config, context);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof FeatureStoreException ours) {
                throw ours;
            }
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreException(store, "start", false, StoreException.Outcome.NOT_APPLIED, cause);
        } catch (ReflectiveOperationException e) {
            throw new StoreException(store, "start", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private record OfflineStoreOfClass(Class<? extends Record> config, Constructor<?> constructor)
            implements OfflineStoreFactory<Record> {
        @Override
        public String type() {
            return constructor.getDeclaringClass().getName();
        }

        @Override
        @SuppressWarnings("unchecked")
        public Class<Record> configType() {
            return (Class<Record>) config;
        }

        @Override
        public OfflineStore create(Record bound, StoreContext context) {
            return (OfflineStore) construct(constructor, bound, context);
        }
    }

    private record OnlineStoreOfClass(Class<? extends Record> config, Constructor<?> constructor)
            implements OnlineStoreFactory<Record> {
        @Override
        public String type() {
            return constructor.getDeclaringClass().getName();
        }

        @Override
        @SuppressWarnings("unchecked")
        public Class<Record> configType() {
            return (Class<Record>) config;
        }

        @Override
        public OnlineStore create(Record bound, StoreContext context) {
            return (OnlineStore) construct(constructor, bound, context);
        }
    }
}

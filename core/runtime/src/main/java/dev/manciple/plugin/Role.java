package dev.manciple.plugin;

import dev.manciple.spi.MaterializationEngineFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.RegistryFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One of the parts a {@code type:} can fill.
 *
 * @param <F> the factories of the role
 * @param noun as people say it
 * @param offered what a plug-in offers for it
 * @param feast what Feast ships for it
 */
record Role<F>(String noun, Function<Plugin, List<Offer<F>>> offered, List<FeastStore> feast) {

    /**
     * A factory under its names.
     *
     * @param names short name, aliases and the name of the factory's class
     */
    record Offer<F>(String type, Set<String> names, F factory, Class<?> by) {}

    static final Role<OfflineStoreFactory<?>> OFFLINE_STORE = new Role<>(
            "offline store",
            plugin -> plugin.offlineStores().stream()
                    .map(factory ->
                            Role.<OfflineStoreFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.OFFLINE);

    static final Role<OnlineStoreFactory<?>> ONLINE_STORE = new Role<>(
            "online store",
            plugin -> plugin.onlineStores().stream()
                    .map(factory ->
                            Role.<OnlineStoreFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.ONLINE);

    static final Role<RegistryFactory<?>> REGISTRY = new Role<>(
            "registry",
            plugin -> plugin.registries().stream()
                    .map(factory -> Role.<RegistryFactory<?>>offer(factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.REGISTRIES);

    static final Role<MaterializationEngineFactory<?>> ENGINE = new Role<>(
            "materialization engine",
            plugin -> plugin.engines().stream()
                    .map(factory -> Role.<MaterializationEngineFactory<?>>offer(
                            factory.type(), factory.aliases(), factory, plugin))
                    .toList(),
            FeastStore.ENGINES);

    private static <F> Offer<F> offer(String type, Set<String> aliases, F factory, Plugin by) {
        Set<String> names = new HashSet<>(aliases);
        names.add(type);
        names.add(factory.getClass().getName());
        return new Offer<>(type, Set.copyOf(names), factory, by.getClass());
    }
}

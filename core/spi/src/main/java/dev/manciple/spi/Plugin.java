package dev.manciple.spi;

import java.util.List;

/**
 * What one connector jar contributes, found through {@link java.util.ServiceLoader}. Every method is optional; adding one
 * never breaks a plug-in. The presence of a plug-in changes nothing until a configuration names what it offers.
 */
public interface Plugin {
    default List<OfflineStoreFactory<?>> offlineStores() {
        return List.of();
    }

    default List<OnlineStoreFactory<?>> onlineStores() {
        return List.of();
    }

    default List<RegistryFactory<?>> registries() {
        return List.of();
    }

    default List<MaterializationEngineFactory<?>> engines() {
        return List.of();
    }

    default List<SourceType<?>> sourceTypes() {
        return List.of();
    }

    default List<FeatureFunction> functions() {
        return List.of();
    }
}

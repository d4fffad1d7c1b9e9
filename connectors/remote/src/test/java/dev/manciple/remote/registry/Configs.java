package dev.manciple.remote.registry;

import dev.manciple.plugin.ConfigBinder;
import java.util.Map;

/** Configurations as they are read from {@code feature_store.yaml}. */
final class Configs {
    private Configs() {}

    static RemoteRegistryConfig of(String address) {
        return bind(Map.of("path", address));
    }

    static RemoteRegistryConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("registry", RemoteRegistryConfig.class, options);
    }
}

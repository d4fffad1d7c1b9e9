package dev.manciple.remote.online;

import dev.manciple.plugin.ConfigBinder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Configurations as they are read from {@code feature_store.yaml}. */
final class Configs {
    private Configs() {}

    static RemoteOnlineConfig of(int port) {
        return of(port, Map.of());
    }

    /** @param more keys beside the address */
    static RemoteOnlineConfig of(int port, Map<String, Object> more) {
        Map<String, Object> options = new LinkedHashMap<>(more);
        options.putIfAbsent("path", "http://127.0.0.1:" + port);
        return bind(options);
    }

    static RemoteOnlineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", RemoteOnlineConfig.class, options);
    }
}

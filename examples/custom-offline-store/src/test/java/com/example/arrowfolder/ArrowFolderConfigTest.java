package com.example.arrowfolder;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.util.Map;

/** Every key of the config record, with its default and with another value. */
class ArrowFolderConfigTest extends ConfigContract<ArrowFolderOfflineStoreConfig> {
    @Override
    protected Class<ArrowFolderOfflineStoreConfig> configType() {
        return ArrowFolderOfflineStoreConfig.class;
    }

    @Override
    protected ArrowFolderOfflineStoreConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("offline_store", ArrowFolderOfflineStoreConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of();
    }

    @Override
    protected ArrowFolderOfflineStoreConfig defaults() {
        return new ArrowFolderOfflineStoreConfig(Path.of("."), 8192);
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of("root", "history", "batch_size", 10);
    }

    @Override
    protected ArrowFolderOfflineStoreConfig everySetting() {
        return new ArrowFolderOfflineStoreConfig(Path.of("history"), 10);
    }
}

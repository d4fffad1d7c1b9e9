package com.example.rowfiles;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.util.Map;

/** Every key of the config record, with its default and with another value. */
class RowFilesConfigTest extends ConfigContract<RowFilesOnlineStoreConfig> {
    @Override
    protected Class<RowFilesOnlineStoreConfig> configType() {
        return RowFilesOnlineStoreConfig.class;
    }

    @Override
    protected RowFilesOnlineStoreConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", RowFilesOnlineStoreConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of();
    }

    @Override
    protected RowFilesOnlineStoreConfig defaults() {
        return new RowFilesOnlineStoreConfig(Path.of("rows"));
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of("root", "online");
    }

    @Override
    protected RowFilesOnlineStoreConfig everySetting() {
        return new RowFilesOnlineStoreConfig(Path.of("online"));
    }
}

package dev.manciple.bigtable;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class BigtableConfigTest extends ConfigContract<BigtableConfig> {
    @Override
    protected Class<BigtableConfig> configType() {
        return BigtableConfig.class;
    }

    @Override
    protected BigtableConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", BigtableConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("instance", "features");
    }

    @Override
    protected BigtableConfig defaults() {
        return new BigtableConfig(
                Optional.empty(), "features", 2, Optional.empty(), Optional.empty(), Optional.empty(), 20, 500, 50);
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of(
                "project_id",
                "p",
                "instance",
                "other",
                "max_versions",
                1,
                "app_profile",
                "serving",
                "credentials",
                "key.json",
                "emulator",
                "localhost:8086",
                "request_timeout",
                1.5,
                "read_batch",
                10,
                "concurrency",
                5);
    }

    @Override
    protected BigtableConfig everySetting() {
        return new BigtableConfig(
                Optional.of("p"),
                "other",
                1,
                Optional.of("serving"),
                Optional.of(Path.of("key.json")),
                Optional.of("localhost:8086"),
                1.5,
                10,
                5);
    }
}

package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.Transfer;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.StoreConfig;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HybridOfflineConfigTest extends ConfigContract<HybridOfflineConfig> {
    private static final List<Map<String, Object>> CHILDREN =
            List.of(Map.of("type", "duckdb"), Map.of("type", "postgres", "name", "sales", "conf", Map.of("host", "h")));

    private static final List<StoreConfig> STORES = List.of(
            new StoreConfig("duckdb", Map.of()),
            new StoreConfig("postgres", Map.of("name", "sales", "conf", Map.of("host", "h"))));

    @Override
    protected Class<HybridOfflineConfig> configType() {
        return HybridOfflineConfig.class;
    }

    @Override
    protected HybridOfflineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("test", HybridOfflineConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("offline_stores", CHILDREN);
    }

    @Override
    protected HybridOfflineConfig defaults() {
        return new HybridOfflineConfig(
                STORES,
                Optional.empty(),
                CrossEngine.ALLOW,
                Optional.empty(),
                Transfer.AUTO,
                Optional.empty(),
                Duration.ofHours(1),
                "25%",
                Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        Map<String, Object> keys = new HashMap<>();
        keys.put("offline_stores", CHILDREN);
        keys.put("routing_tag", "team");
        keys.put("cross_engine", "refuse");
        keys.put("spine_store", "sales");
        keys.put("transfer", "pull");
        keys.put("max_transfer_bytes", 1_000_000);
        keys.put("child_deadline", "90s");
        keys.put("memory_limit", "2GB");
        keys.put("temp_directory", "spill");
        return keys;
    }

    @Override
    protected HybridOfflineConfig everySetting() {
        return new HybridOfflineConfig(
                STORES,
                Optional.of("team"),
                CrossEngine.REFUSE,
                Optional.of("sales"),
                Transfer.PULL,
                Optional.of(1_000_000L),
                Duration.ofSeconds(90),
                "2GB",
                Optional.of(Path.of("spill")));
    }

    @Test
    void theSpineStoreIsOneOfTheStores() {
        assertThatThrownBy(() -> bind(Map.of("offline_stores", CHILDREN, "spine_store", "sails")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "spine_store must be the name of one of the offline_stores, was 'sails'; they are duckdb, sales");
    }

    @Test
    void typesThatRepeatNeedNames() {
        List<Map<String, Object>> twice = List.of(Map.of("type", "duckdb"), Map.of("type", "duckdb"));
        assertThatThrownBy(() -> bind(Map.of("offline_stores", twice)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has two stores of type 'duckdb', [0] and [1]: give each a 'name'");
    }
}

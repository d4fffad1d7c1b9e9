package dev.manciple.hybrid.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.hybrid.online.HybridOnlineConfig.ChildLimits;
import dev.manciple.hybrid.online.HybridOnlineConfig.OnChildFailure;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.spi.StoreConfig;
import dev.manciple.tck.ConfigContract;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HybridOnlineConfigTest extends ConfigContract<HybridOnlineConfig> {
    private static final StoreConfig SQLITE = new StoreConfig("sqlite", Map.of("path", "a.db"));
    private static final Map<String, Object> BLOCK = Map.of("type", "sqlite", "path", "a.db");

    @Override
    protected Class<HybridOnlineConfig> configType() {
        return HybridOnlineConfig.class;
    }

    @Override
    protected HybridOnlineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", HybridOnlineConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("online_stores", List.of(BLOCK));
    }

    @Override
    protected HybridOnlineConfig defaults() {
        return new HybridOnlineConfig(
                List.of(SQLITE), "tribe", Optional.empty(), OnChildFailure.PARTIAL, Duration.ofSeconds(5), 1, Map.of());
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of(
                "online_stores",
                List.of(BLOCK),
                "routing_tag",
                "team",
                "default",
                "sqlite",
                "on_child_failure",
                "error",
                "deadline",
                "100ms",
                "retries",
                3,
                "per_child",
                Map.of("sqlite", Map.of("deadline", "50ms", "retries", 0)));
    }

    @Override
    protected HybridOnlineConfig everySetting() {
        return new HybridOnlineConfig(
                List.of(SQLITE),
                "team",
                Optional.of("sqlite"),
                OnChildFailure.ERROR,
                Duration.ofMillis(100),
                3,
                Map.of("sqlite", new ChildLimits(Optional.of(Duration.ofMillis(50)), Optional.of(0))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hybrid",
                "hybrid_online_store.HybridOnlineStore",
                "hybrid_online_store.hybrid_online_store.HybridOnlineStore",
                "feast.infra.online_stores.hybrid_online_store.HybridOnlineStore",
                "feast.infra.online_stores.hybrid_online_store.hybrid_online_store.HybridOnlineStore",
                "dev.manciple.hybrid.online.HybridOnlineStoreFactory"
            })
    void everySpellingMeansTheRouter(String type) {
        StoreTypes types = new StoreTypes(Plugins.load(getClass().getClassLoader(), List.of()));
        assertThat(types.onlineStore("online_store", type)).isInstanceOf(HybridOnlineStoreFactory.class);
    }

    @Test
    void limitsOfAChildStandBeforeThoseOfTheRouter() {
        HybridOnlineConfig config = everySetting();
        assertThat(config.deadlineOf("SQLite")).isEqualTo(Duration.ofMillis(50));
        assertThat(config.retriesOf("sqlite")).isZero();
        assertThat(config.deadlineOf("another")).isEqualTo(Duration.ofMillis(100));
        assertThat(config.retriesOf("another")).isEqualTo(3);
    }

    @Test
    void whatMakesNoSenseIsRefusedByKey() {
        refused(Map.of("default", "x"), "default 'x' is no name of a store below 'online_stores': sqlite");
        refused(Map.of("per_child", Map.of("x", Map.of())), "per_child 'x' is no name of a store");
        refused(
                Map.of("per_child", Map.of("sqlite", Map.of("retries", 11))),
                "per_child.sqlite.retries must be between");
        refused(Map.of("retries", -1), "retries must be between 0 and 10, was -1");
        refused(Map.of("routing_tag", " "), "routing_tag must not be blank");
        refused(Map.of("on_child_failure", "ignore"), "on_child_failure must be one of partial, error, was 'ignore'");
    }

    private void refused(Map<String, Object> options, String message) {
        Map<String, Object> all = new HashMap<>(required());
        all.putAll(options);
        assertThatThrownBy(() -> bind(all)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }

    @Test
    void childrenWithoutStoresOrWithOneNameAreRefused() {
        assertThatThrownBy(() -> bind(Map.of("online_stores", List.of())))
                .hasMessageContaining("online_stores must hold at least one store");
        assertThatThrownBy(() -> bind(Map.of("online_stores", List.of(BLOCK, BLOCK))))
                .hasMessageContaining("online_stores has two stores of type 'sqlite', [0] and [1]: give each a 'name'");
    }

    @Test
    void oneStoreUnderTwoNamesIsRefused() {
        Map<String, Object> again = Map.of("name", "again", "type", "sqlite", "conf", Map.of("path", "a.db"));
        assertThatThrownBy(() -> bind(Map.of("online_stores", List.of(BLOCK, again))))
                .hasMessageContaining(
                        "online_stores has 'sqlite' and 'again' with the same options: they would be one store under two names");
    }
}

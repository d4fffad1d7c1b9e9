package dev.manciple.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.ConfigContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisConfigTest extends ConfigContract<RedisConfig> {
    @Override
    protected Class<RedisConfig> configType() {
        return RedisConfig.class;
    }

    @Override
    protected RedisConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", RedisConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of();
    }

    @Override
    protected RedisConfig defaults() {
        return TestServer.config("localhost:6379");
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of(
                "redis_type", "redis_sentinel",
                "sentinel_master", "hot",
                "connection_string", "s1:26379,s2:26379,password=geheim",
                "key_ttl_seconds", 3600,
                "full_scan_for_deletion", false,
                "skip_dedup", true,
                "timeout", "100ms",
                "connect_timeout", "1s",
                "max_connections", 4);
    }

    @Override
    protected RedisConfig everySetting() {
        return new RedisConfig(
                RedisType.REDIS_SENTINEL,
                "hot",
                new Secret("s1:26379,s2:26379,password=geheim"),
                Optional.of(3600),
                false,
                true,
                Optional.of(Duration.ofMillis(100)),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(4));
    }

    @Test
    void refusesAConnectionStringItCannotReadWithoutPrintingIt() {
        assertThatThrownBy(() -> bind(Map.of("connection_string", "h:1,password=geheim,pasword=geheim")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pasword")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void refusesNumbersThatMakeNoSense() {
        for (String key : new String[] {"key_ttl_seconds", "max_connections"}) {
            assertThatThrownBy(() -> bind(Map.of(key, 0)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(key);
        }
    }

    @Test
    void goesByFeastsNames() {
        RedisOnlineStoreFactory factory = new RedisOnlineStoreFactory();
        assertThat(factory.type()).isEqualTo("redis");
        assertThat(factory.aliases()).containsExactly("feast.infra.online_stores.redis.RedisOnlineStore");
    }
}

package dev.manciple.mysql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.ConfigContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MySqlConfigTest extends ConfigContract<MySqlConfig> {
    @Override
    protected Class<MySqlConfig> configType() {
        return MySqlConfig.class;
    }

    @Override
    protected MySqlConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", MySqlConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of();
    }

    @Override
    protected MySqlConfig defaults() {
        return new MySqlConfig(
                "127.0.0.1",
                3306,
                "test",
                new Secret("test"),
                "feast",
                false,
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                10,
                "+00:00",
                SslMode.DISABLE,
                Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.ofEntries(
                Map.entry("host", "db.internal"),
                Map.entry("port", 3307),
                Map.entry("user", "writer"),
                Map.entry("password", "geheim"),
                Map.entry("database", "online"),
                Map.entry("batch_write", true),
                Map.entry("batch_size", 100),
                Map.entry("timeout", "100ms"),
                Map.entry("connect_timeout", "1s"),
                Map.entry("max_connections", 4),
                Map.entry("time_zone", "Europe/Berlin"),
                Map.entry("ssl_mode", "verify_full"),
                Map.entry("ssl_root_cert", "ca.pem"));
    }

    @Override
    protected MySqlConfig everySetting() {
        return new MySqlConfig(
                "db.internal",
                3307,
                "writer",
                new Secret("geheim"),
                "online",
                true,
                Optional.of(100),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                4,
                "Europe/Berlin",
                SslMode.VERIFY_FULL,
                Optional.of("ca.pem"));
    }

    /** It becomes part of a statement. */
    @Test
    void refusesZonesThatAreNone() {
        assertThatThrownBy(() -> bind(Map.of("time_zone", "SYSTEM', autocommit=0, x='")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("time_zone");
    }
}

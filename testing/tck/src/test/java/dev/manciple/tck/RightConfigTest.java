package dev.manciple.tck;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Key;
import dev.manciple.spi.config.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A right config, with a binder of its own: the runtime's is not at hand here. */
class RightConfigTest extends ConfigContract<RightConfigTest.Config> {
    record Config(
            String host,
            @Default("5432") int port,
            @Key("api-key") Secret apiKey,
            Optional<String> dbSchema) {}

    @Override
    protected Class<Config> configType() {
        return Config.class;
    }

    @Override
    protected Config bind(Map<String, Object> options) {
        for (String key : options.keySet()) {
            if (!Set.of("host", "port", "api-key", "db_schema").contains(key)) {
                throw new ConfigException("test", List.of(key + " unknown key"));
            }
        }
        if (!options.containsKey("host") || !options.containsKey("api-key")) {
            throw new ConfigException("test", List.of("host and api-key are required"));
        }
        return new Config(
                (String) options.get("host"),
                (int) options.getOrDefault("port", 5432),
                new Secret((String) options.get("api-key")),
                Optional.ofNullable((String) options.get("db_schema")));
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("host", "localhost", "api-key", "hush");
    }

    @Override
    protected Config defaults() {
        return new Config("localhost", 5432, new Secret("hush"), Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of("host", "db", "port", 1, "api-key", "hush", "db_schema", "s");
    }

    @Override
    protected Config everySetting() {
        return new Config("db", 1, new Secret("hush"), Optional.of("s"));
    }
}

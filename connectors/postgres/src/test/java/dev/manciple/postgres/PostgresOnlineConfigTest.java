package dev.manciple.postgres;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

class PostgresOnlineConfigTest extends ConfigContract<PostgresOnlineConfig> {
    @Override
    protected Class<PostgresOnlineConfig> configType() {
        return PostgresOnlineConfig.class;
    }

    @Override
    protected PostgresOnlineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("test", PostgresOnlineConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("host", "db", "database", "feast", "user", "reader", "password", "s3cret");
    }

    @Override
    protected PostgresOnlineConfig defaults() {
        return new PostgresOnlineConfig(
                "db",
                5432,
                "feast",
                "public",
                "reader",
                new Secret("s3cret"),
                SslMode.REQUIRE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ConnectionType.SINGLETON,
                1,
                10,
                false,
                false,
                "cosine",
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.ofEntries(
                Map.entry("host", "other"),
                Map.entry("port", 5433),
                Map.entry("database", "features"),
                Map.entry("db_schema", "online"),
                Map.entry("user", "writer"),
                Map.entry("password", "t0p s3cret"),
                Map.entry("sslmode", "verify-ca"),
                Map.entry("sslkey_path", "keys/client.pem"),
                Map.entry("sslcert_path", "keys/client.crt"),
                Map.entry("sslrootcert_path", "keys/root.crt"),
                Map.entry("keepalives_idle", 30),
                Map.entry("conn_type", "pool"),
                Map.entry("min_conn", 2),
                Map.entry("max_conn", 20),
                Map.entry("enable_openai_compatible_store", true),
                Map.entry("vector_enabled", true),
                Map.entry("similarity", "L2"),
                Map.entry("connect_timeout", "3s"),
                Map.entry("timeout", "100ms"));
    }

    @Override
    protected PostgresOnlineConfig everySetting() {
        return new PostgresOnlineConfig(
                "other",
                5433,
                "features",
                "online",
                "writer",
                new Secret("t0p s3cret"),
                SslMode.VERIFY_CA,
                Optional.of(Path.of("keys/client.pem")),
                Optional.of(Path.of("keys/client.crt")),
                Optional.of(Path.of("keys/root.crt")),
                Optional.of(30),
                ConnectionType.POOL,
                2,
                20,
                true,
                true,
                "L2",
                Duration.ofSeconds(3),
                Duration.ofMillis(100));
    }
}

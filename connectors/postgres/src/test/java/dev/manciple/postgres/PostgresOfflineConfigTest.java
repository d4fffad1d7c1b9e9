package dev.manciple.postgres;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.postgres.PostgresOfflineConfig.EntitySelectMode;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

class PostgresOfflineConfigTest extends ConfigContract<PostgresOfflineConfig> {
    @Override
    protected Class<PostgresOfflineConfig> configType() {
        return PostgresOfflineConfig.class;
    }

    @Override
    protected PostgresOfflineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("test", PostgresOfflineConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("host", "db", "database", "feast", "user", "reader", "password", "s3cret");
    }

    @Override
    protected PostgresOfflineConfig defaults() {
        return new PostgresOfflineConfig(
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
                EntitySelectMode.TEMP_TABLE,
                Duration.ofSeconds(10),
                Optional.empty(),
                "64MB");
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.ofEntries(
                Map.entry("host", "other"),
                Map.entry("port", 5433),
                Map.entry("database", "features"),
                Map.entry("db_schema", "history"),
                Map.entry("user", "writer"),
                Map.entry("password", "t0p s3cret"),
                Map.entry("sslmode", "verify-full"),
                Map.entry("sslkey_path", "keys/client.pem"),
                Map.entry("sslcert_path", "keys/client.crt"),
                Map.entry("sslrootcert_path", "keys/root.crt"),
                Map.entry("keepalives_idle", 30),
                Map.entry("conn_type", "pool"),
                Map.entry("min_conn", 2),
                Map.entry("max_conn", 20),
                Map.entry("entity_select_mode", "embed_query"),
                Map.entry("connect_timeout", "3s"),
                Map.entry("statement_timeout", "10m"),
                Map.entry("work_mem", "1GB"));
    }

    @Override
    protected PostgresOfflineConfig everySetting() {
        return new PostgresOfflineConfig(
                "other",
                5433,
                "features",
                "history",
                "writer",
                new Secret("t0p s3cret"),
                SslMode.VERIFY_FULL,
                Optional.of(Path.of("keys/client.pem")),
                Optional.of(Path.of("keys/client.crt")),
                Optional.of(Path.of("keys/root.crt")),
                Optional.of(30),
                ConnectionType.POOL,
                2,
                20,
                EntitySelectMode.EMBED_QUERY,
                Duration.ofSeconds(3),
                Optional.of(Duration.ofMinutes(10)),
                "1GB");
    }
}

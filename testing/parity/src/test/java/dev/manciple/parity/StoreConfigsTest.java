package dev.manciple.parity;

import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.registry.FileRegistryConfig;
import dev.manciple.registry.FileRegistryConfig.CacheMode;
import dev.manciple.registry.FileRegistryConfig.Mcp;
import dev.manciple.sqlite.SqliteConfig;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** Here, where the binder meets the stores: the stores themselves know no runtime. */
class StoreConfigsTest {
    @Nested
    class DuckDb extends ConfigContract<DuckDbConfig> {
        @Override
        protected Class<DuckDbConfig> configType() {
            return DuckDbConfig.class;
        }

        @Override
        protected DuckDbConfig bind(Map<String, Object> options) {
            return new ConfigBinder().bind("offline_store", configType(), options);
        }

        @Override
        protected Map<String, Object> required() {
            return Map.of();
        }

        @Override
        protected DuckDbConfig defaults() {
            return DuckDbConfig.defaults();
        }

        @Override
        protected Map<String, Object> everyKey() {
            return Map.of(
                    "staging_location", "s3://bucket/staging",
                    "staging_location_endpoint_override", "http://localhost:9000",
                    "database", "features.duckdb",
                    "memory_limit", "2GB",
                    "threads", 3,
                    "temp_directory", "spill",
                    "max_temp_directory_size", "100GB",
                    "path", "data");
        }

        @Override
        protected DuckDbConfig everySetting() {
            return new DuckDbConfig(
                    Optional.of("s3://bucket/staging"),
                    Optional.of("http://localhost:9000"),
                    Optional.of(Path.of("features.duckdb")),
                    "2GB",
                    Optional.of(3),
                    Optional.of(Path.of("spill")),
                    Optional.of("100GB"),
                    Optional.of(Path.of("data")));
        }
    }

    @Nested
    class Sqlite extends ConfigContract<SqliteConfig> {
        @Override
        protected Class<SqliteConfig> configType() {
            return SqliteConfig.class;
        }

        @Override
        protected SqliteConfig bind(Map<String, Object> options) {
            return new ConfigBinder().bind("online_store", configType(), options);
        }

        @Override
        protected Map<String, Object> required() {
            return Map.of();
        }

        @Override
        protected SqliteConfig defaults() {
            return new SqliteConfig("data/online.db", false, false, false, "cosine", Duration.ofSeconds(30), 16);
        }

        @Override
        protected Map<String, Object> everyKey() {
            return Map.of(
                    "path",
                    "served.db",
                    "text_search_enabled",
                    true,
                    "enable_openai_compatible_store",
                    true,
                    "vector_enabled",
                    true,
                    "similarity",
                    "l2",
                    "busy_timeout",
                    "5s",
                    "max_readers",
                    4);
        }

        @Override
        protected SqliteConfig everySetting() {
            return new SqliteConfig("served.db", true, true, true, "l2", Duration.ofSeconds(5), 4);
        }
    }

    @Nested
    class FileRegistry extends ConfigContract<FileRegistryConfig> {
        @Override
        protected Class<FileRegistryConfig> configType() {
            return FileRegistryConfig.class;
        }

        @Override
        protected FileRegistryConfig bind(Map<String, Object> options) {
            return new ConfigBinder().bind("registry", configType(), options);
        }

        @Override
        protected Map<String, Object> required() {
            return Map.of("path", "registry.db");
        }

        @Override
        protected FileRegistryConfig defaults() {
            return new FileRegistryConfig(
                    "registry.db",
                    Optional.empty(),
                    600,
                    CacheMode.SYNC,
                    Optional.empty(),
                    false,
                    false,
                    Optional.empty());
        }

        @Override
        protected Map<String, Object> everyKey() {
            return Map.of(
                    "path",
                    "data/registry.db",
                    "registry_store_type",
                    "FileRegistryStore",
                    "cache_ttl_seconds",
                    5,
                    "cache_mode",
                    "thread",
                    "s3_additional_kwargs",
                    Map.of("ACL", "private"),
                    "purge_feast_metadata",
                    true,
                    "enable_online_feature_view_versioning",
                    false,
                    "mcp",
                    Map.of("enabled", true));
        }

        @Override
        protected FileRegistryConfig everySetting() {
            return new FileRegistryConfig(
                    "data/registry.db",
                    Optional.of("FileRegistryStore"),
                    5,
                    CacheMode.THREAD,
                    Optional.of(Map.of("ACL", "private")),
                    true,
                    false,
                    Optional.of(new Mcp(true)));
        }

        @Override
        protected Set<String> withOneValueOnly() {
            return Set.of("enable_online_feature_view_versioning");
        }
    }
}

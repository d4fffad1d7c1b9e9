package dev.manciple.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.plugin.ConfigBinder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileRegistryConfigTest {
    private static final Path REPOSITORY = Path.of("/repo");

    @Test
    void hasFeastsDefaults() {
        FileRegistryConfig config = bind(Map.of("path", "data/registry.db"));
        assertThat(config.cacheTtlSeconds()).isEqualTo(600);
        assertThat(config.cacheMode()).isEqualTo(FileRegistryConfig.CacheMode.SYNC);
        assertThat(config.purgeFeastMetadata()).isFalse();
    }

    @Test
    void takesAllOfFeastsKeys() {
        FileRegistryConfig config = bind(Map.of(
                "path",
                "data/registry.db",
                "registry_store_type",
                "feast.infra.registry.file.FileRegistryStore",
                "cache_ttl_seconds",
                5,
                "cache_mode",
                "thread",
                "s3_additional_kwargs",
                Map.of("ServerSideEncryption", "aws:kms"),
                "purge_feast_metadata",
                true,
                "enable_online_feature_view_versioning",
                false,
                "mcp",
                Map.of("enabled", true)));
        assertThat(config.cacheMode()).isEqualTo(FileRegistryConfig.CacheMode.THREAD);
        assertThat(config.purgeFeastMetadata()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "data/registry.db, /repo/data/registry.db",
        "/elsewhere/registry.db, /elsewhere/registry.db",
        "file:///elsewhere/registry.db, /elsewhere/registry.db",
        "file:/elsewhere/registry.db, /elsewhere/registry.db"
    })
    void startsRelativePathsAtTheRepository(String path, Path expected) {
        assertThat(bind(Map.of("path", path)).file(REPOSITORY)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/registry.db", "gs://bucket/registry.db", "hdfs://host/registry.db"})
    void refusesWhatIsNotALocalFile(String path) {
        assertThatThrownBy(() -> bind(Map.of("path", path)))
                .hasMessageContaining("path")
                .hasMessageContaining(path)
                .hasMessageContaining("local file");
    }

    @Test
    void refusesOtherMistakes() {
        assertThatThrownBy(() -> bind(Map.of("path", "file://host/registry.db")))
                .hasMessageContaining("no host");
        assertThatThrownBy(() -> bind(Map.of("path", " "))).hasMessageContaining("path");
        assertThatThrownBy(() -> bind(Map.of("path", "r.db", "registry_store_type", "S3RegistryStore")))
                .hasMessageContaining("registry_store_type")
                .hasMessageContaining("S3RegistryStore");
        assertThatThrownBy(() -> bind(Map.of("path", "r.db", "cache_ttl_seconds", -1)))
                .hasMessageContaining("cache_ttl_seconds");
        assertThatThrownBy(() -> bind(Map.of("path", "r.db", "enable_online_feature_view_versioning", true)))
                .hasMessageContaining("enable_online_feature_view_versioning");
    }

    private static FileRegistryConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("registry", FileRegistryConfig.class, options);
    }
}

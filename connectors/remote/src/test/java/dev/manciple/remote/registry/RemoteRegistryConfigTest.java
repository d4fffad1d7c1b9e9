package dev.manciple.remote.registry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteRegistryConfigTest extends ConfigContract<RemoteRegistryConfig> {
    @Override
    protected Class<RemoteRegistryConfig> configType() {
        return RemoteRegistryConfig.class;
    }

    @Override
    protected RemoteRegistryConfig bind(Map<String, Object> options) {
        return Configs.bind(options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("path", "localhost:6570");
    }

    @Override
    protected RemoteRegistryConfig defaults() {
        return new RemoteRegistryConfig(
                "localhost:6570",
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                600,
                "sync",
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.ofEntries(
                Map.entry("path", "registry.internal:7000"),
                Map.entry("cert", "ca.pem"),
                Map.entry("is_tls", true),
                Map.entry("client_cert", "client.pem"),
                Map.entry("client_key", "client.key"),
                Map.entry("authority", "registry.example.com"),
                Map.entry("cache_ttl_seconds", 5),
                Map.entry("cache_mode", "thread"),
                Map.entry("registry_store_type", "S3RegistryStore"),
                Map.entry("s3_additional_kwargs", Map.of("ACL", "private")),
                Map.entry("purge_feast_metadata", true),
                Map.entry("enable_online_feature_view_versioning", false),
                Map.entry("mcp", Map.of("enabled", true)));
    }

    @Override
    protected RemoteRegistryConfig everySetting() {
        return new RemoteRegistryConfig(
                "registry.internal:7000",
                Optional.of(Path.of("ca.pem")),
                true,
                Optional.of(Path.of("client.pem")),
                Optional.of(Path.of("client.key")),
                Optional.of("registry.example.com"),
                5,
                "thread",
                Optional.of("S3RegistryStore"),
                Optional.of(Map.of("ACL", "private")),
                true,
                false,
                Optional.of(Map.of("enabled", true)));
    }

    @Override
    protected Set<String> withOneValueOnly() {
        return Set.of("enable_online_feature_view_versioning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "http://localhost:6570", "a b:1", "unix:/tmp/socket"})
    void refusesWhatIsNoHostAndPort(String path) {
        assertThatThrownBy(() -> bind(Map.of("path", path)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("path must be the server's host and port");
    }

    @Test
    void refusesACertificateWithoutItsKey() {
        assertThatThrownBy(() -> bind(Map.of("path", "localhost:6570", "client_cert", "client.pem")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("client_key");
    }
}

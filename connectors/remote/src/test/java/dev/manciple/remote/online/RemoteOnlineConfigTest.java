package dev.manciple.remote.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteOnlineConfigTest extends ConfigContract<RemoteOnlineConfig> {
    @TempDir
    Path folder;

    @Override
    protected Class<RemoteOnlineConfig> configType() {
        return RemoteOnlineConfig.class;
    }

    @Override
    protected RemoteOnlineConfig bind(Map<String, Object> options) {
        return Configs.bind(options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of();
    }

    @Override
    protected RemoteOnlineConfig defaults() {
        return new RemoteOnlineConfig(
                "http://localhost:6566",
                Optional.empty(),
                50,
                Duration.ofSeconds(300),
                3,
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(30));
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of(
                "path", "https://features.example.com/online/",
                "cert", "ca.pem",
                "connection_pool_size", 5,
                "connection_idle_timeout", 60,
                "connection_retries", 0,
                "client_cert", "client.pem",
                "client_key", "client.key",
                "timeout", "250ms");
    }

    @Override
    protected RemoteOnlineConfig everySetting() {
        return new RemoteOnlineConfig(
                "https://features.example.com/online/",
                Optional.of(Path.of("ca.pem")),
                5,
                Duration.ofSeconds(60),
                0,
                Optional.of(Path.of("client.pem")),
                Optional.of(Path.of("client.key")),
                Duration.ofMillis(250));
    }

    @Test
    void theAddressEndsWithoutASlash() {
        assertThat(everySetting().address()).isEqualTo("https://features.example.com/online");
    }

    @Test
    void feastsEmptyCertificateIsNone() {
        assertThat(bind(Map.of("cert", "")).cert()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6566",
                "ftp://localhost",
                "http://",
                "http://a b",
                "http://x/?key=1",
                "http://under_score"
            })
    void whatIsNoAddressIsRefused(String path) {
        assertThatThrownBy(() -> bind(Map.of("path", path)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("path");
    }

    @Test
    void aPasswordInTheAddressIsRefusedAndNotPrinted() {
        assertThatThrownBy(() -> bind(Map.of("path", "http://ada:hunter2@localhost:6566")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("without a user or password")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aCertificateNeedsItsKey() {
        assertThatThrownBy(() -> bind(Map.of("client_cert", "client.pem")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("client_key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"remote", "feast.infra.online_stores.remote.RemoteOnlineStore"})
    void bothNamesMeanTheStore(String type) {
        try (BufferAllocator allocator = new RootAllocator();
                OnlineStore store = open(type, Map.of(), allocator)) {
            assertThat(store).isNotNull();
        }
    }

    @Test
    void filesThatAreNoCertificatesAreNamed() throws Exception {
        Files.writeString(folder.resolve("garbage.pem"), "garbage");
        try (BufferAllocator allocator = new RootAllocator()) {
            for (String file : List.of("garbage.pem", "gone.pem")) {
                assertThatThrownBy(() -> open("remote", Map.of("cert", file), allocator))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("cert must be a PEM file")
                        .hasMessageContaining(file);
            }
        }
    }

    private OnlineStore open(String type, Map<String, Object> options, BufferAllocator allocator) {
        Stores stores = new Stores(new StoreTypes(Plugins.load(getClass().getClassLoader(), List.of())));
        return stores.onlineStore(
                "online_store",
                new StoreConfig(type, options),
                LocalStoreContext.of("demo", folder, allocator, stores));
    }
}

package dev.manciple.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encrypted connections of all three clients, and servers that ask for the client's certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteTlsTest {
    private final BufferAllocator allocator = new RootAllocator();
    private final Stores stores =
            new Stores(new StoreTypes(Plugins.load(RemoteTlsTest.class.getClassLoader(), List.of())));
    private Path folder;
    private StoreContext context;
    private SelfSigned server;
    private SelfSigned client;
    private SelfSigned other;
    private Servers encrypted;
    private Servers mutual;

    @BeforeAll
    void start(@TempDir Path newFolder) throws Exception {
        folder = newFolder;
        context = LocalStoreContext.of("rides", folder, allocator, stores);
        server = SelfSigned.make(folder, "server", "ip:127.0.0.1");
        client = SelfSigned.make(folder, "client", "dns:client.example");
        other = SelfSigned.make(folder, "other", "ip:127.0.0.1");
        encrypted = start("encrypted", Optional.empty());
        mutual = start("mutual", Optional.of(client.certificate()));
    }

    private Servers start(String name, Optional<Path> clientAuthorities) throws Exception {
        Path repository = Files.createDirectory(folder.resolve(name));
        Files.writeString(folder.resolve(name).resolve("stats.csv"), "driver_id,trips,ts\n1,7,2025-06-01T12:00:00Z\n");
        return Servers.start(
                repository, Optional.of(new ServerOptions.Tls(server.key(), server.certificate(), clientAuthorities)));
    }

    @AfterAll
    void stop() {
        encrypted.close();
        mutual.close();
        allocator.close();
    }

    /** The three clients, each with something small to ask. */
    enum Client {
        OFFLINE,
        ONLINE,
        REGISTRY
    }

    private void ask(Client kind, Servers servers, Map<String, Object> tls) {
        Map<String, Object> options = new HashMap<>(tls);
        switch (kind) {
            case OFFLINE -> {
                options.putAll(Map.of(
                        "scheme",
                        "https",
                        "host",
                        "127.0.0.1",
                        "port",
                        servers.offlinePort(),
                        "connection_retries",
                        0));
                try (OfflineStore store =
                        stores.offlineStore("offline_store", new StoreConfig("remote", options), context)) {
                    assertThat(store.describe(DataSource.Batch.files("stats.csv"))
                                    .getFields())
                            .hasSize(3);
                }
            }
            case ONLINE -> {
                options.putAll(Map.of("path", "https://127.0.0.1:" + servers.onlinePort(), "connection_retries", 0));
                try (OnlineStore store =
                        stores.onlineStore("online_store", new StoreConfig("remote", options), context)) {
                    assertThat(store.capabilities()).isNotEmpty();
                }
            }
            case REGISTRY -> {
                options.put("path", "127.0.0.1:" + servers.registryPort());
                try (Registry registry = stores.registry("registry", new StoreConfig("remote", options), context)) {
                    assertThat(registry.projects()).isEmpty();
                }
            }
        }
    }

    private static Map<String, Object> trusting(SelfSigned authority) {
        return Map.of("cert", authority.certificate().toString());
    }

    private Map<String, Object> showing(SelfSigned identity) {
        return Map.of(
                "cert", server.certificate().toString(),
                "client_cert", identity.certificate().toString(),
                "client_key", identity.key().toString());
    }

    @ParameterizedTest
    @EnumSource
    void whoTrustsTheAuthorityIsServed(Client kind) {
        ask(kind, encrypted, trusting(server));
    }

    @Test
    void whoSpeaksPlainTextIsToldSo() {
        StoreConfig offline = new StoreConfig(
                "remote", Map.of("host", "127.0.0.1", "port", encrypted.offlinePort(), "connection_retries", 0));
        try (OfflineStore store = stores.offlineStore("offline_store", offline, context)) {
            assertThatThrownBy(() -> store.describe(DataSource.Batch.files("stats.csv")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("It stopped, or wants encryption");
        }
        StoreConfig registered = new StoreConfig("remote", Map.of("path", "127.0.0.1:" + encrypted.registryPort()));
        try (Registry registry = stores.registry("registry", registered, context)) {
            assertThatThrownBy(registry::projects)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("It stopped, or wants encryption");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoTrustsAnotherAuthorityIsToldSo(Client kind) {
        assertThatThrownBy(() -> ask(kind, encrypted, trusting(other)))
                .isInstanceOfSatisfying(StoreException.class, failure -> {
                    assertThat(failure)
                            .hasMessageContaining("127.0.0.1")
                            .hasMessageContaining("its certificate is not trusted")
                            .hasMessageContaining("Name the file of its authority's certificate in cert");
                    assertThat(failure.retryable()).isFalse();
                });
    }

    @ParameterizedTest
    @EnumSource
    void whoShowsTheCertificateThatIsAskedForIsServed(Client kind) {
        ask(kind, mutual, showing(client));
    }

    @ParameterizedTest
    @EnumSource
    void whoShowsAnotherCertificateOrNoneIsNot(Client kind) {
        for (Map<String, Object> options : List.of(showing(other), trusting(server))) {
            assertThatThrownBy(() -> ask(kind, mutual, options)).isInstanceOf(StoreException.class);
        }
    }
}

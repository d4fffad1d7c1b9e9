package dev.manciple.remote;

import dev.manciple.FeatureStore;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.RegistryServer;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.flight.OfflineServer;
import dev.manciple.server.flight.OfflineServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The feature, offline and registry servers of one repository over files, on loopback ports. */
final class Servers implements AutoCloseable {
    private final FileRegistry file;
    private final FeatureStore store;
    private final RegistryServer registry;
    private final OfflineServer offline;
    private final FeatureServer online;

    private Servers(
            FileRegistry file,
            FeatureStore store,
            RegistryServer registry,
            OfflineServer offline,
            FeatureServer online) {
        this.file = file;
        this.store = store;
        this.registry = registry;
        this.offline = offline;
        this.online = online;
    }

    /** @param folder of the repository, whose configuration is written here */
    static Servers start(Path folder, Optional<ServerOptions.Tls> tls) throws IOException {
        Files.writeString(folder.resolve("feature_store.yaml"), """
                project: rides
                registry: registry.db
                offline_store:
                  type: file
                online_store:
                  type: sqlite
                  path: online.db
                """);
        FileRegistry file = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
        FeatureStore store = FeatureStore.open(folder);
        ServerOptions defaults = ServerOptions.DEFAULT;
        return new Servers(
                file,
                store,
                RegistryServer.start(
                        file,
                        new RegistryServerOptions(
                                "127.0.0.1", Optional.of(0), Optional.empty(), tls, defaults.limits(), Duration.ZERO)),
                OfflineServer.start(
                        store,
                        new OfflineServerOptions(
                                "127.0.0.1", 0, tls, OfflineServerOptions.Limits.DEFAULT, folder, Duration.ZERO)),
                FeatureServer.start(
                        store,
                        new ServerOptions(
                                "127.0.0.1",
                                Optional.of(0),
                                Optional.empty(),
                                tls,
                                defaults.limits(),
                                defaults.registryTtl(),
                                Duration.ZERO,
                                defaults.conduct()),
                        "test"));
    }

    int registryPort() {
        return registry.grpcPort().orElseThrow();
    }

    int offlinePort() {
        return offline.port();
    }

    int onlinePort() {
        return online.port();
    }

    @Override
    public void close() {
        online.close();
        offline.close();
        registry.close();
        store.close();
        file.close();
    }
}

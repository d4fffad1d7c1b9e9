package dev.manciple.remote.registry;

import dev.manciple.registry.FileRegistry;
import dev.manciple.server.RegistryServer;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.Registry;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.RegistryFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** A registry file behind a server on a loopback port. */
final class RegistryOfServer implements RegistryFixture {
    private final FileRegistry file;
    private final RegistryServer server;

    RegistryOfServer(Path folder) {
        file = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
        server = RegistryServer.start(
                file,
                new RegistryServerOptions(
                        "127.0.0.1",
                        Optional.of(0),
                        Optional.empty(),
                        Optional.empty(),
                        ServerOptions.Limits.DEFAULT,
                        Duration.ZERO));
    }

    /** What the server serves. */
    FileRegistry file() {
        return file;
    }

    String address() {
        return "127.0.0.1:" + server.grpcPort().orElseThrow();
    }

    RegistryRpc rpc(Path folder) {
        return RegistryRpc.open(Configs.of(address()), Credentials.NONE, Map.of(), folder);
    }

    @Override
    public Registry open(StoreContext context) {
        return new RemoteRegistryFactory(Map.of()).create(Configs.of(address()), context);
    }

    @Override
    public void close() {
        server.close();
        file.close();
    }
}

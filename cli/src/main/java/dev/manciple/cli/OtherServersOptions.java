package dev.manciple.cli;

import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.flight.OfflineServerOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a process serves beside online features, at the same address. */
final class OtherServersOptions {
    @Option(
            names = "--all",
            description = "Also open all of the ports below, where Feast's servers have them: 8815, 6570 and 6572.")
    boolean all;

    @Option(
            names = "--offline-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "A port for the offline store over Arrow Flight, as serve_offline has it.")
    @Nullable
    Integer offlinePort;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "A port for the registry over gRPC, as serve_registry has it.")
    @Nullable
    Integer registryPort;

    @Option(
            names = "--registry-rest-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "A port for the REST routes of the registry.")
    @Nullable
    Integer registryRestPort;

    Optional<Integer> offlinePort() {
        return port(offlinePort, OfflineServerOptions.DEFAULT.port());
    }

    Optional<Integer> registryPort() {
        return port(registryPort, RegistryServerOptions.GRPC_PORT);
    }

    Optional<Integer> registryRestPort() {
        return port(registryRestPort, RegistryServerOptions.REST_PORT);
    }

    private Optional<Integer> port(@Nullable Integer asked, int ofFeast) {
        return asked == null && all ? Optional.of(ofFeast) : Optional.ofNullable(asked);
    }
}

package dev.manciple.cli;

import dev.manciple.server.RegistryServerOptions;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the registry until it is told to stop. */
@Command(
        name = "serve_registry",
        preprocessor = FeastShortNames.class,
        description =
                "Serve the registry to clients of 'registry_type: remote', over gRPC and, if asked to, REST, in the protocols of Feast, until stopped.")
final class ServeRegistryCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final AddressOptions address =
            new AddressOptions(RegistryServerOptions.DEFAULT.host(), RegistryServerOptions.GRPC_PORT);

    @Option(
            names = "--grpc",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Serve gRPC (default: yes; --no-grpc: no).")
    boolean grpc = true;

    @Option(
            names = {"-r", "--rest-api"},
            description = "Serve the REST routes too, below /api/v1.")
    boolean rest;

    @Option(
            names = "--rest-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            defaultValue = "6572",
            description = "The port of the REST routes (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int restPort = RegistryServerOptions.REST_PORT;

    @Mixin
    private final ServingOptions log = new ServingOptions();

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ServeRegistryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new Serving(session)
                .run(Served.registry(
                        options(), log.apply(Serving.conduct(session).withoutMetricsPort())));
    }

    private RegistryServerOptions options() {
        RegistryServerOptions options = RegistryServerOptions.DEFAULT
                .withHost(address.host)
                .withGrpcPort(grpc ? Optional.of(address.port) : Optional.empty())
                .withRestPort(rest ? Optional.of(restPort) : Optional.empty());
        return tls == null ? options : options.withTls(tls.files(session));
    }
}

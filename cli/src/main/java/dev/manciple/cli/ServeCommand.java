package dev.manciple.cli;

import dev.manciple.server.Conduct;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.flight.OfflineServerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves online features until it is told to stop. */
@Command(
        name = "serve",
        preprocessor = FeastShortNames.class,
        description =
                "Serve online features over HTTP and gRPC, in the protocols of Feast, until stopped; if asked to, the offline store and the registry from the same process.")
final class ServeCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final AddressOptions address = new AddressOptions(ServerOptions.DEFAULT.host(), ServerOptions.HTTP_PORT);

    @Option(
            names = "--grpc",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Serve gRPC too (default: yes; --no-grpc: no).")
    boolean grpc = true;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            defaultValue = "50051",
            description = "The port of gRPC (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int grpcPort = ServerOptions.GRPC_PORT;

    @Mixin
    private final OtherServersOptions others = new OtherServersOptions();

    @Option(
            names = {"-r", "--registry_ttl_sec"},
            paramLabel = "SECONDS",
            converter = SecondsConverter.class,
            defaultValue = "60",
            description = "How often to look whether the registry changed (default: ${DEFAULT-VALUE}).")
    int registryTtlSeconds = 60;

    @Option(
            names = "--keep-alive-timeout",
            paramLabel = "SECONDS",
            converter = SecondsConverter.class,
            defaultValue = "30",
            description = "How long a connection may say nothing (default: ${DEFAULT-VALUE}).")
    int keepAliveSeconds = 30;

    @Option(
            names = {"-m", "--metrics"},
            description = "Also tell metrics on port 8000, where Feast's server does.")
    boolean metrics;

    @Option(
            names = {"-t", "--type"},
            paramLabel = "http",
            defaultValue = "http",
            description = "Feast's; HTTP is served in any case.")
    ServerType type = ServerType.HTTP;

    /** The types of server Feast's command knows. */
    enum ServerType {
        HTTP
    }

    @Mixin
    private final ServingOptions log = new ServingOptions();

    @ArgGroup(exclusive = false)
    @Nullable
    WorkerOptions workers;

    /** Of the processes Feast's server is made of: accepted, so that a command line for Feast starts this one. */
    static final class WorkerOptions {
        @Option(
                names = {"-w", "--workers"},
                paramLabel = "NUMBER",
                description = "Feast's; has no effect: one process uses every processor.")
        @Nullable
        Integer workers;

        @Option(names = "--worker-connections", paramLabel = "NUMBER", description = "Feast's; has no effect.")
        @Nullable
        Integer connections;

        @Option(
                names = "--max-requests",
                paramLabel = "NUMBER",
                description = "Feast's; has no effect: the process need not be replaced.")
        @Nullable
        Integer maxRequests;

        @Option(names = "--max-requests-jitter", paramLabel = "NUMBER", description = "Feast's; has no effect.")
        @Nullable
        Integer maxRequestsJitter;
    }

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ServeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ServerOptions online = online();
        Served served = Served.online(online);
        if (others.offlinePort().isPresent()) {
            served = served.withOffline(offline(others.offlinePort().get()));
        }
        if (others.registryPort().isPresent() || others.registryRestPort().isPresent()) {
            served = served.withRegistry(registry());
        }
        return new Serving(session).run(served);
    }

    private ServerOptions online() {
        Conduct conduct = Serving.conduct(session);
        ServerOptions options = ServerOptions.DEFAULT
                .withHost(address.host)
                .withPort(address.port)
                .withRegistryTtl(Duration.ofSeconds(Math.max(registryTtlSeconds, 1)))
                .withLimits(ServerOptions.Limits.DEFAULT.withIdle(Duration.ofSeconds(Math.max(keepAliveSeconds, 1))))
                .withConduct(log.apply(metrics ? conduct.withMetricsPort(Conduct.FEAST_METRICS_PORT) : conduct));
        if (grpc) {
            options = options.withGrpcPort(grpcPort);
        }
        return tls == null ? options : options.withTls(tls.files(session));
    }

    private OfflineServerOptions offline(int port) {
        OfflineServerOptions options = OfflineServerOptions.DEFAULT
                .withHost(address.host)
                .withPort(port)
                .withRepository(session.repository());
        return tls == null ? options : options.withTls(tls.files(session));
    }

    private RegistryServerOptions registry() {
        RegistryServerOptions options = RegistryServerOptions.DEFAULT
                .withHost(address.host)
                .withGrpcPort(others.registryPort())
                .withRestPort(others.registryRestPort());
        return tls == null ? options : options.withTls(tls.files(session));
    }
}

package dev.manciple.cli;

import dev.manciple.server.Conduct;
import dev.manciple.server.ServerOptions;
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
        description = "Serve online features over HTTP and gRPC, in the protocols of Feast, until stopped.")
final class ServeCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "6566",
            description = "The port of HTTP and gRPC (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int port = 6566;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "A second port, for gRPC only; clients in Python need it.")
    @Nullable
    Integer grpcPort;

    @Option(
            names = {"-r", "--registry_ttl_sec"},
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How often to look whether the registry changed (default: ${DEFAULT-VALUE}).")
    int registryTtlSeconds = 60;

    @Option(
            names = "--keep-alive-timeout",
            paramLabel = "SECONDS",
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
            description = "Feast's; HTTP and gRPC are served in any case.")
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
        return new Serving(session).run(options());
    }

    private ServerOptions options() {
        Conduct conduct = log.apply(Serving.conduct(session));
        ServerOptions options = ServerOptions.DEFAULT
                .withHost(host)
                .withPort(port)
                .withRegistryTtl(Duration.ofSeconds(Math.max(registryTtlSeconds, 1)))
                .withLimits(ServerOptions.Limits.DEFAULT.withIdle(Duration.ofSeconds(Math.max(keepAliveSeconds, 1))))
                .withConduct(metrics ? conduct.withMetricsPort(Conduct.FEAST_METRICS_PORT) : conduct);
        if (grpcPort != null) {
            options = options.withGrpcPort(grpcPort);
        }
        return tls == null ? options : options.withTls(tls.files(session));
    }
}

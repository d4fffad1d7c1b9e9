package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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
            description = "A second port, for clients of gRPC that expect one of their own.")
    @Nullable
    Integer grpcPort;

    @Option(
            names = {"-r", "--registry_ttl_sec"},
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How often to look whether the registry changed (default: ${DEFAULT-VALUE}).")
    int registryTtlSeconds = 60;

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    /** What TLS needs: both or neither. */
    static final class TlsOptions {
        @Option(
                names = {"-k", "--key"},
                paramLabel = "FILE",
                required = true,
                description = "The private key of TLS, a PEM file.")
        Path key = Path.of("");

        @Option(
                names = "--cert",
                paramLabel = "FILE",
                required = true,
                description = "The certificate of TLS, a PEM file.")
        Path certificate = Path.of("");

        @Option(
                names = "--client-ca",
                paramLabel = "FILE",
                description = "Let in only clients with a certificate of these authorities, a PEM file.")
        @Nullable
        Path clientAuthorities;
    }

    ServeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ServerOptions options = options();
        try (FeatureStore store = session.open()) {
            // A server that cannot read its registry should say so now, not to its first caller.
            int views = store.registry().views().size();
            try (FeatureServer server = FeatureServer.start(store, options, VersionCommand.version())) {
                tell(server, views);
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                session.printer().note("Stopped.");
            }
        }
        return 0;
    }

    private void tell(FeatureServer server, int views) {
        String scheme = tls == null ? "http" : "https";
        session.printer()
                .line("Serving %d feature views at %s://%s:%d (HTTP and gRPC)"
                        .formatted(views, scheme, host, server.port()));
        server.grpcPort().ifPresent(second -> session.printer().line("and gRPC at %s:%d".formatted(host, second)));
        session.terminal().out().flush();
    }

    private ServerOptions options() {
        ServerOptions options = ServerOptions.DEFAULT
                .withHost(host)
                .withPort(port)
                .withRegistryTtl(Duration.ofSeconds(Math.max(registryTtlSeconds, 1)));
        if (grpcPort != null) {
            options = options.withGrpcPort(grpcPort);
        }
        return tls == null
                ? options
                : options.withTls(new ServerOptions.Tls(
                        session.resolve(tls.key),
                        session.resolve(tls.certificate),
                        Optional.ofNullable(tls.clientAuthorities).map(session::resolve)));
    }
}

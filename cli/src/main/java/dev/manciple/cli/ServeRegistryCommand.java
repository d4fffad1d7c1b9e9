package dev.manciple.cli;

import dev.manciple.registry.StoredRegistry;
import dev.manciple.repo.RepoConfig;
import dev.manciple.server.RegistryServer;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.auth.AccessControl;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the registry until it is told to stop. */
@Command(
        name = "serve_registry",
        description =
                "Serve the registry to clients of 'registry_type: remote', in the protocols of Feast, until stopped.")
final class ServeRegistryCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "0.0.0.0",
            description = "The address to listen on (default: ${DEFAULT-VALUE}, all of this machine's).")
    String host = "0.0.0.0";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "6570",
            description = "The port of gRPC (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int port = 6570;

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
            defaultValue = "6572",
            description = "The port of the REST routes (default: ${DEFAULT-VALUE}; 0 for any free one).")
    int restPort = RegistryServerOptions.REST_PORT;

    @ArgGroup(exclusive = false)
    @Nullable
    TlsOptions tls;

    ServeRegistryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        RepoConfig config = session.config();
        try (BufferAllocator allocator = new RootAllocator();
                StoredRegistry registry = session.storedRegistry(config, allocator);
                AccessControl access = AccessControl.of(
                        config.authentication(), session.terminal().environment())) {
            // A server that cannot read its registry should say so now, not to its first caller.
            int projects = registry.projects().size();
            try (RegistryServer server = RegistryServer.start(registry, access, options())) {
                tell(server, projects);
                new Serving(session).warn(access, host);
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                session.printer().note("Stopped.");
            }
        }
        return 0;
    }

    private void tell(RegistryServer server, int projects) {
        server.grpcPort()
                .ifPresent(bound -> session.printer()
                        .line("Serving the registry of %d projects at %s:%d (gRPC%s)"
                                .formatted(projects, host, bound, tls == null ? "" : " with TLS")));
        server.restPort()
                .ifPresent(bound -> session.printer()
                        .line("Serving the registry of %d projects at %s://%s:%d/api/v1 (REST)"
                                .formatted(projects, tls == null ? "http" : "https", host, bound)));
        session.terminal().out().flush();
    }

    private RegistryServerOptions options() {
        RegistryServerOptions options = RegistryServerOptions.DEFAULT
                .withHost(host)
                .withGrpcPort(grpc ? Optional.of(port) : Optional.empty())
                .withRestPort(rest ? Optional.of(restPort) : Optional.empty());
        return tls == null ? options : options.withTls(tls.files(session));
    }
}

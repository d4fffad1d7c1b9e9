package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.registry.RegistryApi;
import dev.manciple.server.registry.RegistryServices;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a registry to Feast's clients and Manciple's, over gRPC and, if asked to, REST. Borrows the registry: whoever made it
 * closes it, after this. Closing lets requests that run end first, for {@link RegistryServerOptions#drain} at most.
 *
 * <p>gRPC has a server of its own here, not Helidon's: that one (4.5) turns away clients that spell the path of a request out in
 * full, which is how Feast's Python client sends it.
 */
public final class RegistryServer implements AutoCloseable {
    private final Optional<Server> grpc;
    private final Optional<WebServer> rest;
    private final ExecutorService calls;
    private final RegistryServerOptions options;
    private final Admission admission;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RegistryServer(
            Optional<Server> grpc,
            Optional<WebServer> rest,
            ExecutorService calls,
            RegistryServerOptions options,
            Admission admission) {
        this.grpc = grpc;
        this.rest = rest;
        this.calls = calls;
        this.options = options;
        this.admission = admission;
    }

    /** Starts to listen, and lets everybody in. */
    public static RegistryServer start(StoredRegistry registry, RegistryServerOptions options) {
        return start(registry, AccessControl.open(), options);
    }

    /**
     * Starts to listen.
     *
     * @param access whom to let in; not closed
     * @throws InvalidRequestException if there is nothing to serve, an address cannot be bound, or a file of TLS is no good
     */
    public static RegistryServer start(StoredRegistry registry, AccessControl access, RegistryServerOptions options) {
        if (options.grpcPort().isEmpty() && options.restPort().isEmpty()) {
            throw new InvalidRequestException("A registry server without gRPC and without REST has nothing to serve");
        }
        Optional<Tls> tls = options.tls().map(TlsFiles::read);
        Admission admission = new Admission(options.limits().concurrentRequests());
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        Optional<Server> grpc = Optional.empty();
        try {
            RegistryServices services = new RegistryServices(registry, access, admission, InstantSource.system());
            grpc = options.grpcPort().map(port -> grpc(port, options, services, calls));
            Optional<WebServer> rest = options.restPort()
                    .map(port -> rest(port, options, tls, new RegistryApi(registry, access, admission)));
            return new RegistryServer(grpc, rest, calls, options, admission);
        } catch (RuntimeException e) {
            grpc.ifPresent(Server::shutdownNow);
            calls.shutdownNow();
            throw e;
        }
    }

    private static Server grpc(
            int port, RegistryServerOptions options, RegistryServices services, ExecutorService calls) {
        try {
            return NettyServerBuilder.forAddress(new InetSocketAddress(options.host(), port), credentials(options))
                    .executor(calls)
                    .maxInboundMessageSize((int) Math.min(options.limits().bodyBytes(), Integer.MAX_VALUE))
                    .addService(services.registryServer())
                    .addService(services.projectParts())
                    .addService(new HealthStatusManager().getHealthService())
                    .addService(ProtoReflectionServiceV1.newInstance())
                    .build()
                    .start();
        } catch (IOException e) {
            throw cannotListen(options.host(), port, "--port", e);
        }
    }

    /** The files were read before, so that they are known to be good. */
    private static ServerCredentials credentials(RegistryServerOptions options) throws IOException {
        if (options.tls().isEmpty()) {
            return InsecureServerCredentials.create();
        }
        ServerOptions.Tls files = options.tls().get();
        TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder()
                .keyManager(files.certificate().toFile(), files.key().toFile());
        if (files.clientAuthorities().isPresent()) {
            credentials
                    .trustManager(files.clientAuthorities().get().toFile())
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        }
        return credentials.build();
    }

    private static WebServer rest(int port, RegistryServerOptions options, Optional<Tls> tls, RegistryApi api) {
        try {
            WebServer server = WebServer.builder()
                    .shutdownHook(false)
                    .featuresDiscoverServices(false)
                    .host(options.host())
                    .port(port)
                    .idleConnectionTimeout(options.limits().idle())
                    .shutdownGracePeriod(options.drain())
                    .connectionOptions(socket -> socket.tcpNoDelay(true))
                    .routing(HttpRouting.builder().register(RegistryApi.PREFIX, api))
                    .update(builder -> tls.ifPresent(builder::tls))
                    .build()
                    .start();
            if (!server.isRunning()) {
                throw new IllegalStateException("is the port taken?");
            }
            return server;
        } catch (RuntimeException e) {
            throw cannotListen(options.host(), port, "--rest-port", e);
        }
    }

    private static InvalidRequestException cannotListen(String host, int port, String option, Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new InvalidRequestException(
                "The registry server cannot listen on %s, port %d: %s. Choose another with --host and %s"
                        .formatted(host, port, root.getMessage(), option),
                cause);
    }

    /** The port of gRPC, if it is served. */
    public Optional<Integer> grpcPort() {
        return grpc.map(Server::getPort);
    }

    /** The port of REST, if it is served. */
    public Optional<Integer> restPort() {
        return rest.map(WebServer::port);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            grpc.ifPresent(Server::shutdown);
            if (rest.isPresent()) {
                admission.drain(options.drain());
                rest.get().stop();
            }
            grpc.ifPresent(this::await);
            calls.shutdownNow();
        }
    }

    private void await(Server server) {
        try {
            if (!server.awaitTermination(options.drain().toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

package dev.manciple.server;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.registry.RegistryApi;
import dev.manciple.server.registry.RegistryServices;
import dev.manciple.wire.proto.ProjectPartsProto;
import dev.manciple.wire.proto.RegistryServerProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcReflectionConfig;
import io.helidon.webserver.grpc.GrpcReflectionFeature;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http.HttpRouting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a registry to Feast's clients and Manciple's, over gRPC and, if asked to, REST. Borrows the registry: whoever made it
 * closes it, after this. Closing lets requests that run end first, for {@link RegistryServerOptions#drain} at most.
 */
public final class RegistryServer implements AutoCloseable {
    private static final String REST_SOCKET = "rest";

    private final WebServer server;
    private final RegistryServerOptions options;
    private final Admission admission;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RegistryServer(WebServer server, RegistryServerOptions options, Admission admission) {
        this.server = server;
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
    public static RegistryServer start(
            StoredRegistry registry, AccessControl access, RegistryServerOptions options) {
        if (options.grpcPort().isEmpty() && options.restPort().isEmpty()) {
            throw new InvalidRequestException("A registry server without gRPC and without REST has nothing to serve");
        }
        Optional<Tls> tls = options.tls().map(TlsFiles::read);
        Admission admission = new Admission(options.limits().concurrentRequests());
        WebServerConfig.Builder config = WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false);
        if (options.grpcPort().isPresent()) {
            config.addFeature(GrpcReflectionFeature.create(GrpcReflectionConfig.builder()
                    .enabled(true)
                    .sockets(Set.of(WebServer.DEFAULT_SOCKET_NAME))
                    .buildPrototype()));
            listenGrpc(config, options, options.grpcPort().get(), tls, registry, access, admission);
            options.restPort()
                    .ifPresent(port -> config.putSocket(
                            REST_SOCKET,
                            (ListenerConfig.Builder socket) ->
                                    listenRest(socket, options, port, tls, registry, access, admission)));
        } else {
            listenRest(config, options, options.restPort().orElseThrow(), tls, registry, access, admission);
        }
        try {
            WebServer server = config.build().start();
            if (!server.isRunning()) {
                throw new IllegalStateException("is the port taken?");
            }
            return new RegistryServer(server, options, admission);
        } catch (RuntimeException e) {
            throw new InvalidRequestException(
                    "The registry server cannot listen on %s: %s. Choose other ports with --port and --rest-port"
                            .formatted(options.host(), e.getMessage()),
                    e);
        }
    }

    private static void listenGrpc(
            ListenerConfig.BuilderBase<?, ?> listener,
            RegistryServerOptions options,
            int port,
            Optional<Tls> tls,
            StoredRegistry registry,
            AccessControl access,
            Admission admission) {
        RegistryServices services = new RegistryServices(registry, access, admission, InstantSource.system());
        listen(listener, options, port, tls);
        listener.addProtocol(GrpcConfig.builder()
                .maxReadBufferSize((int) Math.min(options.limits().bodyBytes(), Integer.MAX_VALUE - 16))
                .build());
        listener.addRouting(GrpcRouting.builder()
                .service(new HealthStatusManager().getHealthService())
                .service(RegistryServerProto.getDescriptor(), services::registryServer)
                .service(ProjectPartsProto.getDescriptor(), services::projectParts));
    }

    private static void listenRest(
            ListenerConfig.BuilderBase<?, ?> listener,
            RegistryServerOptions options,
            int port,
            Optional<Tls> tls,
            StoredRegistry registry,
            AccessControl access,
            Admission admission) {
        listen(listener, options, port, tls);
        listener.routing(HttpRouting.builder().register(RegistryApi.PREFIX, new RegistryApi(registry, access, admission)));
    }

    private static void listen(
            ListenerConfig.BuilderBase<?, ?> listener, RegistryServerOptions options, int port, Optional<Tls> tls) {
        Duration idle = options.limits().idle();
        listener.host(options.host());
        listener.port(port);
        listener.idleConnectionTimeout(idle);
        listener.connectionOptions(socket -> socket.tcpNoDelay(true));
        listener.shutdownGracePeriod(options.drain());
        tls.ifPresent(listener::tls);
    }

    /** The port of gRPC, if it is served. */
    public Optional<Integer> grpcPort() {
        return options.grpcPort().map(port -> server.port());
    }

    /** The port of REST, if it is served. */
    public Optional<Integer> restPort() {
        return options.restPort().map(port -> options.grpcPort().isPresent() ? server.port(REST_SOCKET) : server.port());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            admission.drain(options.drain());
            server.stop();
        }
    }
}

package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.grpc.OnlineServices;
import dev.manciple.server.http.HttpApi;
import dev.manciple.server.http.Patience;
import io.grpc.protobuf.services.HealthStatusManager;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcReflectionFeature;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http.HttpRouting;
import io.opentelemetry.api.OpenTelemetry;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a feature store's online features over HTTP and gRPC, on one port, and gRPC on a second one if asked to. Borrows the feature store: whoever opened it closes
 * it, after this. Closing first answers everybody who asks and tells them to connect elsewhere, until nobody asks any more or
 * {@link ServerOptions#drain} is over; then it stops to listen and frees what the server holds.
 */
public final class FeatureServer implements AutoCloseable {
    private static final String METRICS_SOCKET = "metrics";

    private final WebServer server;
    private final Optional<GrpcServer> grpc;
    private final Backend backend;
    private final Patience patience;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FeatureServer(WebServer server, Optional<GrpcServer> grpc, Backend backend, Patience patience) {
        this.server = server;
        this.grpc = grpc;
        this.backend = backend;
        this.patience = patience;
    }

    /** Starts to listen, lets everybody in and tells no traces. */
    public static FeatureServer start(FeatureStore store, ServerOptions options, String version) {
        return start(store, options, version, OpenTelemetry.noop());
    }

    /** Starts to listen, and lets everybody in. */
    public static FeatureServer start(FeatureStore store, ServerOptions options, String version, OpenTelemetry traces) {
        return start(store, AccessControl.open(), options, version, traces);
    }

    /**
     * Starts to listen.
     *
     * @param access whom to let in; not closed
     * @param version of this program, told to clients that ask
     * @param traces where a span for every request goes; not closed
     * @throws InvalidRequestException if the address cannot be bound, or a file of TLS is no good
     * @throws dev.manciple.error.FeatureStoreException if the registry cannot be read
     */
    public static FeatureServer start(
            FeatureStore store, AccessControl access, ServerOptions options, String version, OpenTelemetry traces) {
        Optional<Tls> tls = options.tls().map(TlsFiles::read);
        Backend backend = new Backend(store, access, options, traces);
        Patience patience = new Patience(options.limits().idle());
        HttpApi http = new HttpApi(backend, patience);
        OnlineServices grpc = new OnlineServices(backend, version);
        WebServerConfig.Builder config = WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .addFeature(GrpcReflectionFeature.create());
        listen(config, options, options.port(), tls, http, grpc);
        options.conduct()
                .metricsPort()
                .ifPresent(port -> config.putSocket(
                        METRICS_SOCKET,
                        (ListenerConfig.Builder socket) -> socket.host(options.host())
                                .port(port)
                                .routing(HttpRouting.builder().get("/metrics", http::metrics))));
        try {
            WebServer server = config.build().start();
            if (!server.isRunning()) {
                throw new IllegalStateException("is the port taken?");
            }
            return new FeatureServer(server, second(options, grpc, server), backend, patience);
        } catch (InvalidRequestException e) {
            patience.close();
            backend.close();
            throw e;
        } catch (RuntimeException e) {
            patience.close();
            backend.close();
            throw new InvalidRequestException(
                    "The server cannot listen on %s, port %d: %s. Choose another with --host and --port"
                            .formatted(options.host(), options.port(), rootMessage(e)),
                    e);
        }
    }

    /** The port that is gRPC's alone; where it cannot be had, the other is given up. */
    private static Optional<GrpcServer> second(ServerOptions options, OnlineServices grpc, WebServer first) {
        try {
            return options.grpcPort()
                    .map(port -> GrpcServer.start(
                            new InetSocketAddress(options.host(), port),
                            "--grpc-port",
                            options.tls(),
                            options.limits().bodyBytes(),
                            options.drain(),
                            grpc.definitions()));
        } catch (InvalidRequestException e) {
            first.stop();
            throw e;
        }
    }

    private static void listen(
            ListenerConfig.BuilderBase<?, ?> listener,
            ServerOptions options,
            int port,
            Optional<Tls> tls,
            HttpApi http,
            OnlineServices grpc) {
        GrpcRouting.Builder services = GrpcRouting.builder().service(new HealthStatusManager().getHealthService());
        grpc.definitions().forEach(services::service);
        listener.host(options.host());
        listener.port(port);
        listener.idleConnectionTimeout(options.limits().idle());
        listener.connectionOptions(socket -> socket.tcpNoDelay(true));
        listener.shutdownGracePeriod(options.drain());
        listener.routing(HttpRouting.builder().register(http));
        listener.addRouting(services);
        tls.ifPresent(listener::tls);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** The port of HTTP and gRPC. */
    public int port() {
        return server.port();
    }

    /** The second port of gRPC, if there is one. */
    public Optional<Integer> grpcPort() {
        return grpc.map(GrpcServer::port);
    }

    /** The port that has nothing but metrics, if there is one. */
    public Optional<Integer> metricsPort() {
        return port(METRICS_SOCKET);
    }

    private Optional<Integer> port(String socket) {
        int port = server.port(socket);
        return port > 0 ? Optional.of(port) : Optional.empty();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            backend.admission().drain(backend.options().drain());
            server.stop();
            grpc.ifPresent(GrpcServer::close);
            patience.close();
            backend.close();
        }
    }
}

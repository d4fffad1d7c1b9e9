package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.grpc.OnlineServices;
import dev.manciple.server.http.HttpApi;
import dev.manciple.server.http.Patience;
import io.grpc.protobuf.services.HealthStatusManager;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcReflectionFeature;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http.HttpRouting;
import io.opentelemetry.api.OpenTelemetry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a feature store's online features over HTTP and gRPC, on one port, and gRPC on a second one if asked to. Borrows the feature store: whoever opened it closes
 * it, after this. Closing first answers everybody who asks and tells them to connect elsewhere, until nobody asks any more or
 * {@link ServerOptions#drain} is over; then it stops to listen and frees what the server holds.
 */
public final class FeatureServer implements Server {
    private static final String NAME = "The feature server";

    private final WebServer server;
    private final Optional<GrpcServer> grpc;
    private final Optional<MetricsServer> metrics;
    private final Backend backend;
    private final Patience patience;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FeatureServer(
            WebServer server,
            Optional<GrpcServer> grpc,
            Optional<MetricsServer> metrics,
            Backend backend,
            Patience patience) {
        this.server = server;
        this.grpc = grpc;
        this.metrics = metrics;
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
     * Starts to listen, in a process of its own.
     *
     * @param access whom to let in; not closed
     * @param traces where a span for every request goes; not closed
     */
    public static FeatureServer start(
            FeatureStore store, AccessControl access, ServerOptions options, String version, OpenTelemetry traces) {
        return start(store, Commons.of(access, options.conduct(), traces), options, version);
    }

    /**
     * Starts to listen.
     *
     * @param version of this program, told to clients that ask
     * @throws InvalidRequestException if an address cannot be bound, or a file of TLS is no good
     * @throws dev.manciple.error.FeatureStoreException if the registry cannot be read
     */
    public static FeatureServer start(FeatureStore store, Commons commons, ServerOptions options, String version) {
        Optional<Tls> tls = options.tls().map(TlsFiles::read);
        Backend backend = new Backend(store, commons, options);
        Patience patience = new Patience(options.limits().idle());
        List<Runnable> opened = new ArrayList<>(List.of(patience::close, backend::close));
        try {
            OnlineServices services = new OnlineServices(backend, version);
            WebServer server = Listening.start(
                    NAME,
                    options.host(),
                    options.port(),
                    config(options, tls, new HttpApi(backend, patience), services));
            opened.addFirst(server::stop);
            Optional<GrpcServer> grpc = options.grpcPort().map(port -> grpc(port, options, services));
            grpc.ifPresent(started -> opened.addFirst(started::close));
            Optional<MetricsServer> metrics = options.conduct()
                    .metricsPort()
                    .map(port -> MetricsServer.start(options.host(), port, commons.metrics()));
            return new FeatureServer(server, grpc, metrics, backend, patience);
        } catch (RuntimeException e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private static GrpcServer grpc(int port, ServerOptions options, OnlineServices services) {
        return GrpcServer.start(
                NAME,
                new InetSocketAddress(options.host(), port),
                options.tls(),
                options.limits().bodyBytes(),
                options.drain(),
                services.definitions());
    }

    private static WebServerConfig.Builder config(
            ServerOptions options, Optional<Tls> tls, HttpApi http, OnlineServices grpc) {
        GrpcRouting.Builder services = GrpcRouting.builder().service(new HealthStatusManager().getHealthService());
        grpc.definitions().forEach(services::service);
        return WebServer.builder()
                .addFeature(GrpcReflectionFeature.create())
                .idleConnectionTimeout(options.limits().idle())
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .shutdownGracePeriod(options.drain())
                .routing(HttpRouting.builder().register(http))
                .addRouting(services)
                .update(builder -> tls.ifPresent(builder::tls));
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
        return metrics.map(MetricsServer::port);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            backend.admission().drain(backend.options().drain());
            server.stop();
            grpc.ifPresent(GrpcServer::close);
            metrics.ifPresent(MetricsServer::close);
            patience.close();
            backend.close();
        }
    }
}

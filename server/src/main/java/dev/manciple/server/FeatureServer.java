package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.grpc.OnlineServices;
import dev.manciple.server.http.HttpApi;
import dev.manciple.server.http.Patience;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves a feature store's online features over HTTP and gRPC, each on a port of its own. Borrows the feature store: whoever
 * opened it closes it, after this. Closing first answers everybody who asks and tells them to connect elsewhere, until nobody asks
 * any more or {@link ServerOptions#drain} is over; then it stops to listen and frees what the server holds.
 */
public final class FeatureServer implements Server {
    private static final String NAME = "The feature server";

    private final Optional<WebServer> http;
    private final Optional<GrpcServer> grpc;
    private final Optional<MetricsServer> metrics;
    private final Backend backend;
    private final Patience patience;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FeatureServer(
            Optional<WebServer> http,
            Optional<GrpcServer> grpc,
            Optional<MetricsServer> metrics,
            Backend backend,
            Patience patience) {
        this.http = http;
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
     * @throws InvalidRequestException if there is nothing to serve, an address cannot be bound, or a file of TLS is no good
     * @throws dev.manciple.error.FeatureStoreException if the registry cannot be read
     */
    public static FeatureServer start(FeatureStore store, Commons commons, ServerOptions options, String version) {
        if (options.port().isEmpty() && options.grpcPort().isEmpty()) {
            throw new InvalidRequestException("A feature server without HTTP and without gRPC has nothing to serve");
        }
        Listening listening = new Listening(NAME, options.host(), options.tls(), options.limits(), options.drain());
        Backend backend = new Backend(store, commons, options);
        Patience patience = new Patience(options.limits().idle());
        List<Runnable> opened = new ArrayList<>(List.of(patience::close, backend::close));
        try {
            Optional<GrpcServer> grpc = options.grpcPort()
                    .map(port -> listening.grpc(
                            port, threads -> new OnlineServices(backend, version, threads).definitions()));
            grpc.ifPresent(started -> opened.addFirst(started::close));
            Optional<MetricsServer> metrics = options.conduct()
                    .metricsPort()
                    .map(port -> MetricsServer.start(options.host(), port, commons.metrics()));
            metrics.ifPresent(started -> opened.addFirst(started::close));
            // Last, since it says whether the server is ready: the other ports are open then.
            Optional<WebServer> http = options.port()
                    .map(port -> listening.http(
                            port, HttpRouting.builder().register(new HttpApi(backend, patience)), patience.heads()));
            return new FeatureServer(http, grpc, metrics, backend, patience);
        } catch (RuntimeException e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    /**
     * The port of HTTP.
     *
     * @throws java.util.NoSuchElementException if it is not served
     */
    public int port() {
        return httpPort().orElseThrow();
    }

    /** The port of HTTP, if it is served. */
    public Optional<Integer> httpPort() {
        return http.map(WebServer::port);
    }

    /** The port of gRPC, if it is served. */
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
            grpc.ifPresent(GrpcServer::leave);
            backend.admission().drain(backend.options().drain());
            http.ifPresent(WebServer::stop);
            grpc.ifPresent(GrpcServer::close);
            metrics.ifPresent(MetricsServer::close);
            patience.close();
            backend.close();
        }
    }
}

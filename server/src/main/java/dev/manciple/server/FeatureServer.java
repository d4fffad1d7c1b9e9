package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Serves a feature store's online features over HTTP and gRPC, on one port. Borrows the feature store: whoever opened it closes
 * it, after this. Closing first answers everybody who asks and tells them to connect elsewhere, until nobody asks any more or
 * {@link ServerOptions#drain} is over; then it stops to listen and frees what the server holds.
 */
public final class FeatureServer implements AutoCloseable {
    private static final String GRPC_SOCKET = "grpc";
    private static final String METRICS_SOCKET = "metrics";

    private final WebServer server;
    private final Admission admission;
    private final BufferAllocator allocator;
    private final Patience patience;
    private final RegistryWatch watch;
    private final MaterializeJobs jobs;
    private final Duration drain;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FeatureServer(
            WebServer server,
            Admission admission,
            BufferAllocator allocator,
            Patience patience,
            RegistryWatch watch,
            MaterializeJobs jobs,
            Duration drain) {
        this.server = server;
        this.admission = admission;
        this.allocator = allocator;
        this.patience = patience;
        this.watch = watch;
        this.jobs = jobs;
        this.drain = drain;
    }

    /**
     * Starts to listen.
     *
     * @param version of this program, told to clients that ask
     * @throws InvalidRequestException if the address cannot be bound, or a file of TLS is no good
     * @throws dev.manciple.error.FeatureStoreException if the registry cannot be read
     */
    public static FeatureServer start(FeatureStore store, ServerOptions options, String version) {
        Optional<Tls> tls = options.tls().map(TlsFiles::read);
        Admission admission = new Admission(options.limits().concurrentRequests());
        Metrics metrics = new Metrics(admission, options.conduct().unmeasured());
        InstantSource clock = InstantSource.system();
        RegistryWatch watch = new RegistryWatch(store, options.registryTtl(), metrics, clock);
        Writing writing = new Writing(store, watch::registry);
        BufferAllocator allocator = new RootAllocator();
        Patience patience = new Patience(options.limits().idle());
        MaterializeJobs jobs =
                new MaterializeJobs(store, metrics, clock, options.conduct().materializations());
        boolean feastStatuses = options.conduct().feastStatuses();
        HttpApi http = new HttpApi(
                store,
                writing,
                allocator,
                options.limits(),
                admission,
                metrics,
                jobs,
                feastStatuses,
                clock,
                patience);
        OnlineServices grpc = new OnlineServices(
                store, writing, allocator, options.limits(), admission, metrics, feastStatuses, version);
        WebServerConfig.Builder config = WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .addFeature(GrpcReflectionFeature.create());
        listen(config, options, options.port(), tls, http, grpc);
        options.grpcPort()
                .ifPresent(port -> config.putSocket(
                        GRPC_SOCKET,
                        (ListenerConfig.Builder socket) -> listen(socket, options, port, tls, http, grpc)));
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
            watch.start();
            return new FeatureServer(server, admission, allocator, patience, watch, jobs, options.drain());
        } catch (RuntimeException e) {
            jobs.close();
            patience.close();
            allocator.close();
            throw new InvalidRequestException(
                    "The server cannot listen on %s, port %d: %s. Choose another with --host and --port"
                            .formatted(options.host(), options.port(), rootMessage(e)),
                    e);
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
        return port(GRPC_SOCKET);
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
            admission.drain(drain);
            server.stop();
            jobs.close();
            watch.close();
            patience.close();
            allocator.close();
        }
    }
}

package dev.manciple.server.flight;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.Admission;
import dev.manciple.server.Commons;
import dev.manciple.server.Listening;
import dev.manciple.server.Server;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.TlsFiles;
import dev.manciple.server.auth.AccessControl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Serves a feature store's history over Arrow Flight, as Feast's offline server does: Feast's clients with an offline store of
 * type {@code remote}, and Manciple's, join features, read sources, write to them and keep results. Borrows the feature store:
 * whoever opened it closes it, after this. Closing first answers everybody who calls, until nobody does any more or
 * {@link OfflineServerOptions#drain} is over.
 */
public final class OfflineServer implements Server {
    private final FlightServer server;
    private final Resources resources;
    private final Admission admission;
    private final Duration drain;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OfflineServer(FlightServer server, Resources resources, Admission admission, Duration drain) {
        this.server = server;
        this.resources = resources;
        this.admission = admission;
        this.drain = drain;
    }

    /** Starts to listen, and lets everybody do everything. */
    public static OfflineServer start(FeatureStore store, OfflineServerOptions options) {
        return start(store, AccessControl.open(), options);
    }

    /**
     * Starts to listen, in a process of its own.
     *
     * @param access whom to let in; not closed
     */
    public static OfflineServer start(FeatureStore store, AccessControl access, OfflineServerOptions options) {
        return start(store, Commons.of(access), options);
    }

    /**
     * Starts to listen.
     *
     * @throws InvalidRequestException if the address cannot be bound, or a file of TLS is no good
     */
    public static OfflineServer start(FeatureStore store, Commons commons, OfflineServerOptions options) {
        return start(store, commons, options, new RootAllocator());
    }

    /** @param allocator for everything that comes and goes; closed with the server, and if it does not start */
    static OfflineServer start(
            FeatureStore store, Commons commons, OfflineServerOptions options, BufferAllocator allocator) {
        options.tls().ifPresent(TlsFiles::require);
        Resources resources = Resources.open(options.limits(), allocator);
        try {
            OfflineCalls calls = new OfflineCalls(store, allocator, options.repository());
            Admission admission = new Admission(options.limits().concurrentCalls());
            commons.metrics().running("offline", admission);
            ObservedCalls observed = new ObservedCalls(commons);
            OfflineProducer producer = new OfflineProducer(
                    calls, new OfflinePermissions(store), resources, admission, observed, options.limits());
            return new OfflineServer(
                    build(producer, CallerMiddleware.factory(commons.access(), observed), resources, options)
                            .start(),
                    resources,
                    admission,
                    options.drain());
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw Listening.failed("The offline server", options.host(), options.port(), e);
        }
    }

    private static FlightServer build(
            OfflineProducer producer,
            FlightServerMiddleware.Factory<CallerMiddleware> door,
            Resources resources,
            OfflineServerOptions options)
            throws IOException {
        Location location = options.tls().isPresent()
                ? Location.forGrpcTls(options.host(), options.port())
                : Location.forGrpcInsecure(options.host(), options.port());
        FlightServer.Builder builder = FlightServer.builder(resources.allocator(), location, producer)
                .executor(resources.executor())
                .middleware(CallerMiddleware.KEY, door)
                .maxInboundMessageSize(options.limits().messageBytes());
        if (options.tls().isPresent()) {
            ServerOptions.Tls files = options.tls().get();
            builder.useTls(new ByteArrayInputStream(Files.readAllBytes(files.certificate())), TlsFiles.key(files));
            if (files.clientAuthorities().isPresent()) {
                builder.useMTlsClientVerification(
                        files.clientAuthorities().get().toFile());
            }
        }
        return builder.build();
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** How many calls run. */
    int running() {
        return admission.running();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            long deadline = System.nanoTime() + drain.toNanos();
            try (resources) {
                // Whoever has put a call comes back for its answer.
                admission.drain(drain, () -> !resources.uploads().isEmpty());
                server.shutdown();
                server.awaitTermination(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
                server.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

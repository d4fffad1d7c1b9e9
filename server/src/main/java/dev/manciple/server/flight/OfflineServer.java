package dev.manciple.server.flight;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.Admission;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.auth.AccessControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Serves a feature store's history over Arrow Flight, as Feast's offline server does: Feast's clients with an offline store of
 * type {@code remote}, and Manciple's, join features, read sources, write to them and keep results. Borrows the feature store:
 * whoever opened it closes it, after this. Closing lets calls that run end, for {@link OfflineServerOptions#drain} at most.
 */
public final class OfflineServer implements AutoCloseable {
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

    /**
     * Starts to listen, and lets everybody do everything.
     *
     * @throws InvalidRequestException if the address cannot be bound, or a file of TLS is no good
     */
    public static OfflineServer start(FeatureStore store, OfflineServerOptions options) {
        return start(store, AccessControl.open(), options);
    }

    /**
     * Starts to listen.
     *
     * @param access whom to let in; not closed
     * @throws InvalidRequestException if the address cannot be bound, or a file of TLS is no good
     */
    public static OfflineServer start(FeatureStore store, AccessControl access, OfflineServerOptions options) {
        return start(store, access, options, new RootAllocator());
    }

    /** @param allocator for everything that comes and goes; closed with the server, and if it does not start */
    static OfflineServer start(
            FeatureStore store, AccessControl access, OfflineServerOptions options, BufferAllocator allocator) {
        options.tls().ifPresent(OfflineServer::requireReadable);
        Resources resources = Resources.open(options.limits(), allocator);
        try {
            OfflineCalls calls = new OfflineCalls(store, allocator, options.repository());
            Admission admission = new Admission(options.limits().concurrentCalls());
            OfflineProducer producer =
                    new OfflineProducer(calls, new OfflinePermissions(store), resources, admission, options.limits());
            return new OfflineServer(
                    build(producer, access, resources, options).start(), resources, admission, options.drain());
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw new InvalidRequestException(
                    "The server cannot listen on %s, port %d: %s. %s"
                            .formatted(
                                    options.host(),
                                    options.port(),
                                    rootMessage(e),
                                    options.tls().isPresent()
                                            ? "The files of TLS must be PEM files that belong together; host and port are chosen with --host and --port"
                                            : "Choose another with --host and --port"),
                    e);
        }
    }

    private static FlightServer build(
            OfflineProducer producer, AccessControl access, Resources resources, OfflineServerOptions options)
            throws IOException {
        Location location = options.tls().isPresent()
                ? Location.forGrpcTls(options.host(), options.port())
                : Location.forGrpcInsecure(options.host(), options.port());
        FlightServer.Builder builder = FlightServer.builder(resources.allocator(), location, producer)
                .executor(resources.executor())
                .middleware(CallerMiddleware.KEY, CallerMiddleware.factory(access))
                .maxInboundMessageSize(options.limits().messageBytes());
        if (options.tls().isPresent()) {
            ServerOptions.Tls files = options.tls().get();
            builder.useTls(files.certificate().toFile(), files.key().toFile());
            if (files.clientAuthorities().isPresent()) {
                builder.useMTlsClientVerification(
                        files.clientAuthorities().get().toFile());
            }
        }
        return builder.build();
    }

    private static void requireReadable(ServerOptions.Tls files) {
        Stream.concat(Stream.of(files.key(), files.certificate()), files.clientAuthorities().stream())
                .forEach(OfflineServer::requireReadable);
    }

    private static void requireReadable(Path file) {
        if (!Files.isReadable(file)) {
            throw new InvalidRequestException("The file %s of TLS cannot be read".formatted(file));
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
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
            try (resources) {
                server.shutdown();
                server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
                server.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

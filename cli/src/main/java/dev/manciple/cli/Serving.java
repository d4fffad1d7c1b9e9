package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.Conduct;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.flight.OfflineServer;
import dev.manciple.server.flight.OfflineServerOptions;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs a server until the process is told to stop. */
final class Serving {
    private static final String MATERIALIZE_WORKERS = "FEAST_MATERIALIZE_MAX_WORKERS";

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    private final Session session;

    Serving(Session session) {
        this.session = session;
    }

    /** As the repository's configuration says, and Feast's variable of the environment. */
    static Conduct conduct(Session session) {
        Conduct conduct = Conduct.of(session.config());
        String workers = session.terminal().environment().getOrDefault(MATERIALIZE_WORKERS, "");
        if (workers.isBlank()) {
            return conduct;
        }
        try {
            return conduct.withMaterializations(Math.max(1, Integer.parseInt(workers.strip())));
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    "The environment variable %s must be a whole number, was '%s'"
                            .formatted(MATERIALIZE_WORKERS, workers),
                    e);
        }
    }

    int run(ServerOptions options) {
        try (Tracing tracing = Tracing.of(session.terminal().environment());
                FeatureStore store = session.open();
                AccessControl access = AccessControl.of(
                        session.config().authentication(), session.terminal().environment())) {
            // A server that cannot read its registry should say so now, not to its first caller.
            int views = store.registry().views().size();
            try (FeatureServer server =
                    FeatureServer.start(store, access, options, VersionCommand.version(), tracing.traces())) {
                tell(server, options, views);
                warn(access, options.host());
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                session.printer().note("Stopped.");
            }
        }
        return 0;
    }

    /** As {@link #run}, of the offline store. */
    int runOffline(OfflineServerOptions options) {
        try (FeatureStore store = session.open();
                AccessControl access = AccessControl.of(
                        session.config().authentication(), session.terminal().environment())) {
            int views = store.registry().views().size();
            try (OfflineServer server = OfflineServer.start(store, access, options)) {
                String scheme = options.tls().isPresent() ? "grpc+tls" : "grpc+tcp";
                session.printer()
                        .line("Serving the history of %d feature views at %s://%s:%d (Arrow Flight)"
                                .formatted(views, scheme, options.host(), server.port()));
                session.terminal().out().flush();
                warn(access, options.host());
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                session.printer().note("Stopped.");
            }
        }
        return 0;
    }

    /** Tells who serves more than this machine without asking who calls. */
    void warn(AccessControl access, String host) {
        if (!access.guarded() && !LOOPBACK.contains(host)) {
            session.printer()
                    .note(
                            "Whoever reaches this address may read and write everything: feature_store.yaml has no 'auth'.");
        }
    }

    private void tell(FeatureServer server, ServerOptions options, int views) {
        String scheme = options.tls().isPresent() ? "https" : "http";
        Printer printer = session.printer();
        printer.line("Serving %d feature views at %s://%s:%d (HTTP and gRPC)"
                .formatted(views, scheme, options.host(), server.port()));
        server.grpcPort().ifPresent(port -> printer.line("and gRPC at %s:%d".formatted(options.host(), port)));
        server.metricsPort()
                .ifPresent(port -> printer.line("and metrics at http://%s:%d/metrics".formatted(options.host(), port)));
        session.terminal().out().flush();
    }
}

package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.repo.RepoConfig;
import dev.manciple.server.Commons;
import dev.manciple.server.Conduct;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.MetricsServer;
import dev.manciple.server.RegistryServer;
import dev.manciple.server.RegistryServerOptions;
import dev.manciple.server.ServerOptions;
import dev.manciple.server.Servers;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.flight.OfflineServer;
import dev.manciple.server.flight.OfflineServerOptions;
import dev.manciple.spi.internal.Counted;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs servers until the process is told to stop. */
final class Serving {
    private static final String MATERIALIZE_WORKERS = "FEAST_MATERIALIZE_MAX_WORKERS";

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "[::1]", "localhost");

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

    /** Serves it all from one feature store, and lets all of it drain together at the end. */
    int run(Served served) {
        RepoConfig config = session.config();
        Map<String, String> environment = session.terminal().environment();
        try (Tracing tracing = Tracing.of(environment);
                AccessControl access = AccessControl.of(config.authentication(), environment);
                ServedStores stores = new ServedStores(session, config);
                Servers servers = new Servers()) {
            Commons commons = Commons.of(access, served.conduct(), tracing.traces());
            served.online().ifPresent(options -> serveOnline(options, commons, stores, servers));
            served.offline().ifPresent(options -> serveOffline(options, commons, stores, servers));
            served.registry().ifPresent(options -> serveRegistry(options, commons, stores, servers));
            if (served.online().isEmpty()) {
                // The feature server has a port for metrics itself.
                served.conduct().metricsPort().ifPresent(port -> tellMetrics(served, port, commons, servers));
            }
            session.terminal().out().flush();
            warn(access, served);
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            session.printer().note("Stopped.");
        }
        return 0;
    }

    private void serveOnline(ServerOptions options, Commons commons, ServedStores stores, Servers servers) {
        // A server that cannot read its registry should say so now, not to its first caller.
        String views = Counted.of(stores.store().registry().viewNames().size(), "feature view");
        FeatureServer server =
                servers.add(FeatureServer.start(stores.store(), commons, options, VersionCommand.version()));
        Printer printer = session.printer();
        String host = shown(options.host());
        boolean tls = options.tls().isPresent();
        server.httpPort()
                .ifPresent(port -> printer.line(
                        "Serving %s at %s://%s:%d (HTTP)".formatted(views, tls ? "https" : "http", host, port)));
        server.grpcPort()
                .ifPresent(port -> printer.line(
                        "Serving %s at %s:%d (gRPC%s)".formatted(views, host, port, tls ? " with TLS" : "")));
        server.metricsPort().ifPresent(port -> printer.line(metrics(host, port)));
    }

    private void serveOffline(OfflineServerOptions options, Commons commons, ServedStores stores, Servers servers) {
        String views = Counted.of(stores.store().registry().viewNames().size(), "feature view");
        OfflineServer server = servers.add(OfflineServer.start(stores.store(), commons, options));
        session.printer()
                .line("Serving the history of %s at %s://%s:%d (Arrow Flight)"
                        .formatted(
                                views,
                                options.tls().isPresent() ? "grpc+tls" : "grpc+tcp",
                                shown(options.host()),
                                server.port()));
    }

    private void serveRegistry(RegistryServerOptions options, Commons commons, ServedStores stores, Servers servers) {
        StoredRegistry registry = stores.registry();
        String projects = Counted.of(registry.projects().size(), "project");
        RegistryServer server =
                servers.add(RegistryServer.start(registry, commons, Optional.of(stores.datasets()), options));
        String host = shown(options.host());
        boolean tls = options.tls().isPresent();
        server.grpcPort()
                .ifPresent(port -> session.printer()
                        .line("Serving the registry of %s at %s:%d (gRPC%s)"
                                .formatted(projects, host, port, tls ? " with TLS" : "")));
        server.restPort()
                .ifPresent(port -> session.printer()
                        .line("Serving the registry of %s at %s://%s:%d/api/v1 (REST)"
                                .formatted(projects, tls ? "https" : "http", host, port)));
    }

    private void tellMetrics(Served served, int port, Commons commons, Servers servers) {
        String host = served.hosts().findFirst().orElseThrow();
        MetricsServer server = servers.add(MetricsServer.start(host, port, commons.metrics()));
        session.printer().line(metrics(shown(host), server.port()));
    }

    /** An address of IPv6 stands in brackets where a port follows. */
    private static String shown(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static String metrics(String host, int port) {
        return "and metrics at http://%s:%d/metrics".formatted(host, port);
    }

    /** Tells who serves more than this machine without asking who calls. */
    private void warn(AccessControl access, Served served) {
        if (!access.guarded() && !served.hosts().allMatch(LOOPBACK::contains)) {
            session.printer()
                    .note(
                            "Whoever reaches this address may read and write everything: feature_store.yaml has no 'auth'.");
        }
    }
}

package dev.manciple.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a server listens, and what it refuses. Immutable; starts from {@link #DEFAULT}.
 *
 * @param host the address to bind
 * @param port of HTTP; 0 for any free port, empty for no HTTP
 * @param grpcPort of gRPC; 0 for any free port, empty for no gRPC
 * @param tls empty for plain text
 * @param limits what a request may ask
 * @param registryTtl how often the registry is looked at for changes, which are served from then on
 * @param drain how long requests that run get to end when the server stops
 * @param conduct what it does besides answering
 */
public record ServerOptions(
        String host,
        Optional<Integer> port,
        Optional<Integer> grpcPort,
        Optional<Tls> tls,
        Limits limits,
        Duration registryTtl,
        Duration drain,
        Conduct conduct) {
    /** Feast's port of HTTP. */
    public static final int HTTP_PORT = 6566;

    /** Feast's port of gRPC. */
    public static final int GRPC_PORT = 50051;

    /** Feast's address and port of HTTP, no gRPC, no TLS. */
    public static final ServerOptions DEFAULT = new ServerOptions(
            "127.0.0.1",
            Optional.of(HTTP_PORT),
            Optional.empty(),
            Optional.empty(),
            Limits.DEFAULT,
            Duration.ofSeconds(60),
            Duration.ofSeconds(8),
            Conduct.DEFAULT);

    /**
     * PEM files.
     *
     * @param clientAuthorities certificates of who may call; with them every caller must show a certificate of theirs
     */
    public record Tls(Path key, Path certificate, Optional<Path> clientAuthorities) {}

    /**
     * @param bodyBytes of one request; larger ones are refused before they are read
     * @param rows entities, or rows of a write, of one request
     * @param concurrentRequests run at a time; whoever comes while so many run is told to come back rather than made to wait
     * @param idle how long a connection may say nothing, within a request too
     * @param read how long the stores may take to answer a read of online features
     */
    public record Limits(long bodyBytes, int rows, int concurrentRequests, Duration idle, Duration read) {
        public static final Limits DEFAULT =
                new Limits(32L << 20, 100_000, 256, Duration.ofSeconds(30), Duration.ofSeconds(60));

        /** With the time for reads of {@link #DEFAULT}. */
        public Limits(long bodyBytes, int rows, int concurrentRequests, Duration idle) {
            this(bodyBytes, rows, concurrentRequests, idle, DEFAULT.read);
        }

        public Limits withIdle(Duration newIdle) {
            return new Limits(bodyBytes, rows, concurrentRequests, newIdle, read);
        }

        public Limits withRead(Duration newRead) {
            return new Limits(bodyBytes, rows, concurrentRequests, idle, newRead);
        }
    }

    public ServerOptions withPort(int newPort) {
        return new ServerOptions(host, Optional.of(newPort), grpcPort, tls, limits, registryTtl, drain, conduct);
    }

    public ServerOptions withoutHttp() {
        return new ServerOptions(host, Optional.empty(), grpcPort, tls, limits, registryTtl, drain, conduct);
    }

    public ServerOptions withHost(String newHost) {
        return new ServerOptions(newHost, port, grpcPort, tls, limits, registryTtl, drain, conduct);
    }

    public ServerOptions withGrpcPort(int newPort) {
        return new ServerOptions(host, port, Optional.of(newPort), tls, limits, registryTtl, drain, conduct);
    }

    public ServerOptions withTls(Tls newTls) {
        return new ServerOptions(host, port, grpcPort, Optional.of(newTls), limits, registryTtl, drain, conduct);
    }

    public ServerOptions withRegistryTtl(Duration newTtl) {
        return new ServerOptions(host, port, grpcPort, tls, limits, newTtl, drain, conduct);
    }

    public ServerOptions withLimits(Limits newLimits) {
        return new ServerOptions(host, port, grpcPort, tls, newLimits, registryTtl, drain, conduct);
    }

    public ServerOptions withDrain(Duration newDrain) {
        return new ServerOptions(host, port, grpcPort, tls, limits, registryTtl, newDrain, conduct);
    }

    public ServerOptions withConduct(Conduct newConduct) {
        return new ServerOptions(host, port, grpcPort, tls, limits, registryTtl, drain, newConduct);
    }
}

package dev.manciple.server;

import java.time.Duration;
import java.util.Optional;

/**
 * How a registry server listens, and what it refuses. Immutable; starts from {@link #DEFAULT}.
 *
 * @param host the address to bind
 * @param grpcPort of gRPC; 0 for any free port, empty for no gRPC
 * @param restPort of the REST routes; 0 for any free port, empty for no REST
 * @param tls empty for plain text
 * @param limits what a request may ask
 * @param drain how long requests are still answered after the server was told to stop, at most
 */
public record RegistryServerOptions(
        String host,
        Optional<Integer> grpcPort,
        Optional<Integer> restPort,
        Optional<ServerOptions.Tls> tls,
        ServerOptions.Limits limits,
        Duration drain) {
    /** Feast's port of gRPC. */
    public static final int GRPC_PORT = 6570;

    /** Feast's port of the REST routes, which are off by default. */
    public static final int REST_PORT = 6572;

    /** Feast's addresses: gRPC on all interfaces, no REST, no TLS. */
    public static final RegistryServerOptions DEFAULT = new RegistryServerOptions(
            "0.0.0.0",
            Optional.of(GRPC_PORT),
            Optional.empty(),
            Optional.empty(),
            ServerOptions.Limits.DEFAULT,
            Duration.ofSeconds(8));

    public RegistryServerOptions withHost(String newHost) {
        return new RegistryServerOptions(newHost, grpcPort, restPort, tls, limits, drain);
    }

    public RegistryServerOptions withGrpcPort(Optional<Integer> newPort) {
        return new RegistryServerOptions(host, newPort, restPort, tls, limits, drain);
    }

    public RegistryServerOptions withRestPort(Optional<Integer> newPort) {
        return new RegistryServerOptions(host, grpcPort, newPort, tls, limits, drain);
    }

    public RegistryServerOptions withTls(ServerOptions.Tls newTls) {
        return new RegistryServerOptions(host, grpcPort, restPort, Optional.of(newTls), limits, drain);
    }

    public RegistryServerOptions withLimits(ServerOptions.Limits newLimits) {
        return new RegistryServerOptions(host, grpcPort, restPort, tls, newLimits, drain);
    }

    public RegistryServerOptions withDrain(Duration newDrain) {
        return new RegistryServerOptions(host, grpcPort, restPort, tls, limits, newDrain);
    }
}

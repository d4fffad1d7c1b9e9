package dev.manciple.server.flight;

import dev.manciple.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an offline server listens, and what it refuses. Immutable; starts from {@link #DEFAULT}.
 *
 * @param host the address to bind
 * @param port 0 for any free port
 * @param tls empty for plain text
 * @param limits what clients may ask
 * @param repository the folder that relative paths of files start at, which results are persisted to
 * @param drain how long calls get to end, and answers to be asked for, when the server stops
 */
public record OfflineServerOptions(
        String host, int port, Optional<ServerOptions.Tls> tls, Limits limits, Path repository, Duration drain) {
    /** Feast's address and port, no TLS. */
    public static final OfflineServerOptions DEFAULT = new OfflineServerOptions(
            "127.0.0.1", 8815, Optional.empty(), Limits.DEFAULT, Path.of(""), Duration.ofSeconds(8));

    /**
     * @param concurrentCalls uploads, writes and answers that run at a time; whoever comes while so many run is told to come back
     * @param messageBytes of one batch of rows a client sends
     * @param uploadedBytes on disk, of all rows that were sent and are not used up
     * @param abandoned how long rows wait to be asked for, and the server for more of them
     * @param stalled how long an answer waits for its client to take more of it
     */
    public record Limits(
            int concurrentCalls, int messageBytes, long uploadedBytes, Duration abandoned, Duration stalled) {
        public static final Limits DEFAULT =
                new Limits(64, 512 << 20, 32L << 30, Duration.ofSeconds(50), Duration.ofMinutes(5));
    }

    public OfflineServerOptions withHost(String newHost) {
        return new OfflineServerOptions(newHost, port, tls, limits, repository, drain);
    }

    public OfflineServerOptions withPort(int newPort) {
        return new OfflineServerOptions(host, newPort, tls, limits, repository, drain);
    }

    public OfflineServerOptions withTls(ServerOptions.Tls newTls) {
        return new OfflineServerOptions(host, port, Optional.of(newTls), limits, repository, drain);
    }

    public OfflineServerOptions withLimits(Limits newLimits) {
        return new OfflineServerOptions(host, port, tls, newLimits, repository, drain);
    }

    public OfflineServerOptions withDrain(Duration newDrain) {
        return new OfflineServerOptions(host, port, tls, limits, repository, newDrain);
    }

    public OfflineServerOptions withRepository(Path newRepository) {
        return new OfflineServerOptions(host, port, tls, limits, newRepository, drain);
    }
}

package dev.manciple.postgres;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where a server is and how to log in: what the configurations of both stores share. Prints no password. */
record ServerAddress(
        String host,
        int port,
        String database,
        String schema,
        String user,
        Secret password,
        SslMode sslMode,
        Optional<Path> sslKey,
        Optional<Path> sslCertificate,
        Optional<Path> sslRootCertificate,
        Optional<Integer> keepalivesIdle,
        Duration connectTimeout) {
    static void checkKeys(
            String host, int port, int minConn, int maxConn, Duration connectTimeout, Optional<Integer> keepalives) {
        Check.that(
                !host.startsWith("/"),
                "host",
                "must be a host name or address, was the path of a local socket '%s'",
                host);
        Check.that(port > 0 && port < 65_536, "port", "must be between 1 and 65535, was %s", port);
        Check.that(minConn >= 0, "min_conn", "must not be negative, was %s", minConn);
        Check.that(maxConn >= Math.max(1, minConn), "max_conn", "must be at least 1 and min_conn, was %s", maxConn);
        Check.that(connectTimeout.isPositive(), "connect_timeout", "must be positive, was %s", connectTimeout);
        keepalives.ifPresent(
                seconds -> Check.that(seconds > 0, "keepalives_idle", "must be at least 1 second, was %s", seconds));
    }
}

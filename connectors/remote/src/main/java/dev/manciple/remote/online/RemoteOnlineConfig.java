package dev.manciple.remote.online;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of the remote online store: Feast's and, from {@code clientCert} on, Manciple's own.
 *
 * @param path the server's address
 * @param cert the authorities of the server's certificate, a PEM file, where the machine does not trust it anyway
 * @param connectionPoolSize how many requests run at a time; others wait for their turn
 * @param connectionIdleTimeout read for Feast's sake; idle connections are the JVM's matter
 * @param connectionRetries how often a request is repeated that did not arrive, or that the server had no time for: after half a
 *     second and then after twice as long each time
 * @param clientCert this client's certificate, a PEM file, for servers that ask for one
 * @param clientKey the private key of {@code clientCert}, a PEM file
 * @param timeout for one call of the store's with all its repetitions; rows that are read as a stream are not counted
 */
public record RemoteOnlineConfig(
        @Default("http://localhost:6566") String path,
        Optional<Path> cert,
        @Default("50") int connectionPoolSize,
        @Default("300s") Duration connectionIdleTimeout,
        @Default("3") int connectionRetries,
        Optional<Path> clientCert,
        Optional<Path> clientKey,
        @Default("30s") Duration timeout) {
    public RemoteOnlineConfig {
        Check.that(
                path.matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?"),
                "path",
                "must be the server's address without a user or password, as in http://localhost:6566");
        Check.that(isAddress(path), "path", "must be the server's address, as in http://localhost:6566");
        Check.that(connectionPoolSize > 0, "connection_pool_size", "must be positive, was %s", connectionPoolSize);
        Check.that(connectionRetries >= 0, "connection_retries", "must not be negative, was %s", connectionRetries);
        Check.that(
                clientCert.isPresent() == clientKey.isPresent(),
                "client_cert",
                "and client_key belong together: a server that asks for a certificate needs both");
        Check.that(timeout.isPositive(), "timeout", "must be positive, was %s", timeout);
        // Feast's own default is an empty text.
        cert = cert.filter(file -> !file.toString().isBlank());
    }

    private static boolean isAddress(String path) {
        try {
            return URI.create(path).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The server's address without a slash at its end. */
    String address() {
        return path.replaceAll("/+$", "");
    }
}

package dev.manciple.remote.offline;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The options of the remote offline store: Feast's and, from {@code clientCert} on, Manciple's own.
 *
 * @param scheme {@code https} for a server with TLS
 * @param port the server's; Feast has no default here, its server this one
 * @param cert the certificate that the server's is trusted by, a PEM file, where the machine does not trust it anyway
 * @param connectionRetries how often a server that cannot be reached is tried again, after half a second and then after twice
 *     as long each time
 * @param clientCert this client's certificate, a PEM file, for servers that ask for one
 * @param clientKey the private key of {@code clientCert}, a PEM file
 */
public record RemoteOfflineConfig(
        @Default("http") Scheme scheme,
        String host,
        @Default("8815") int port,
        Optional<Path> cert,
        @Default("3") int connectionRetries,
        Optional<Path> clientCert,
        Optional<Path> clientKey) {
    /** How the server is spoken to. */
    public enum Scheme {
        HTTP,
        HTTPS
    }

    public RemoteOfflineConfig {
        Check.that(!host.isBlank(), "host", "must not be empty");
        Check.that(port > 0 && port < 65536, "port", "must be between 1 and 65535, was %s", port);
        Check.that(connectionRetries >= 0, "connection_retries", "must not be negative, was %s", connectionRetries);
        Check.that(
                clientCert.isPresent() == clientKey.isPresent(),
                "client_cert",
                "and client_key belong together: a server that asks for a certificate needs both");
        // Feast's own default is an empty text.
        cert = cert.filter(file -> !file.toString().isBlank());
    }
}

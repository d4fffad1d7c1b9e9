package dev.manciple.cassandra;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS to the nodes.
 *
 * @param truststore whom to trust; the JVM's own authorities where absent
 * @param keystore the client's certificate, for servers that ask for one
 * @param verifyHostname whether the server's certificate must be for its host name
 */
record Tls(
        Optional<Path> truststore,
        Optional<Secret> truststorePassword,
        Optional<Path> keystore,
        Optional<Secret> keystorePassword,
        @Default("true") boolean verifyHostname) {
    Tls {
        Check.that(
                truststorePassword.isEmpty() || truststore.isPresent(),
                "truststore_password",
                "needs a truststore too");
        Check.that(keystorePassword.isEmpty() || keystore.isPresent(), "keystore_password", "needs a keystore too");
    }

    /** The same with relative paths starting at a folder. */
    Tls startingAt(Path folder) {
        return new Tls(
                truststore.map(folder::resolve),
                truststorePassword,
                keystore.map(folder::resolve),
                keystorePassword,
                verifyHostname);
    }
}

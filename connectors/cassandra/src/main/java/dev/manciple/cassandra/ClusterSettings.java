package dev.manciple.cassandra;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach a cluster.
 *
 * @param hosts the nodes to start with; none where there is a bundle
 * @param readDatacenter where reads go; that of {@code hosts} where absent
 * @param writeDatacenter where writes go; that of {@code hosts} where absent
 */
record ClusterSettings(
        List<String> hosts,
        int port,
        Optional<Path> secureBundle,
        Optional<String> username,
        Optional<Secret> password,
        Optional<Integer> protocolVersion,
        Duration requestTimeout,
        Optional<String> readDatacenter,
        Optional<String> writeDatacenter,
        Consistency readConsistency,
        Consistency writeConsistency,
        SerialConsistency serialConsistency,
        Optional<Tls> tls) {
    ClusterSettings {
        hosts = List.copyOf(hosts);
    }

    static void checkPort(int port) {
        Check.that(port > 0 && port < 65536, "port", "must be between 1 and 65535, was %s", port);
    }

    static void checkCredentials(Optional<String> username, Optional<Secret> password) {
        Check.that(
                username.isPresent() == password.isPresent(),
                "username",
                "and password must be given both, or neither");
    }

    static void checkTimeout(double seconds) {
        Check.that(
                seconds >= 0.001 && seconds <= 86_400,
                "request_timeout",
                "must be seconds between 0.001 and 86400, was %s",
                seconds);
    }

    /** For messages. */
    String where() {
        return secureBundle
                .map(bundle -> String.valueOf(bundle.getFileName()))
                .orElseGet(() -> String.join(",", hosts) + ":" + port);
    }
}

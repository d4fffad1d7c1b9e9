package dev.manciple.mysql;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of the MySQL online store: Feast's, and some of ours.
 *
 * @param batchWrite Feast's switch between its two ways of writing; rows are always written in batches here
 * @param batchSize Feast's size of these batches; no effect either
 * @param timeout how long the server may be silent during a read or a write
 * @param connectTimeout how long making a connection may take
 * @param maxConnections how many statements run at once; more wait
 * @param timeZone the session's zone, in which the server turns the UTC times Feast sends into instants; {@code SYSTEM} shares a
 *     database with a Feast whose server is not in UTC
 * @param sslMode whether connections are encrypted and whom they trust
 * @param sslRootCert the authorities that are trusted instead of the machine's, as a PEM file, relative to the repository
 */
public record MySqlConfig(
        @Default("127.0.0.1") String host,
        @Default("3306") int port,
        @Default("test") String user,
        @Default("test") Secret password,
        @Default("feast") String database,
        @Default("false") boolean batchWrite,
        Optional<Integer> batchSize,
        @Default("10s") Duration timeout,
        @Default("5s") Duration connectTimeout,
        @Default("10") int maxConnections,
        @Default("+00:00") String timeZone,
        @Default("disable") SslMode sslMode,
        Optional<String> sslRootCert) {
    public MySqlConfig {
        Check.that(!host.isBlank(), "host", "must not be empty");
        Check.that(port > 0 && port <= 65_535, "port", "must be between 1 and 65535, was %s", port);
        Check.that(!database.isBlank(), "database", "must not be empty");
        Check.that(
                timeout.toMillis() > 0 && timeout.toMillis() <= Integer.MAX_VALUE,
                "timeout",
                "must be at least 1ms and at most 24 days, was %s",
                timeout);
        // The pool does not wait for less.
        Check.that(
                connectTimeout.toMillis() >= 250, "connect_timeout", "must be at least 250ms, was %s", connectTimeout);
        Check.that(maxConnections > 0, "max_connections", "must be at least 1, was %s", maxConnections);
        Check.that(
                timeZone.matches("[+-]\\d\\d:\\d\\d|[A-Za-z_]+(/[A-Za-z_]+)*"),
                "time_zone",
                "must be an offset like +00:00, SYSTEM or a zone's name, was %s",
                timeZone);
    }
}

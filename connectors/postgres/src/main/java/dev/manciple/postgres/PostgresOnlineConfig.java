package dev.manciple.postgres;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code online_store} of type {@code postgres} takes: Feast's keys, and the two timeouts.
 *
 * @param dbSchema where the tables of views are; created where it does not exist
 * @param sslkeyPath the client's private key, PKCS#8 in PEM or DER, or PKCS#12; relative paths start at the repository
 * @param keepalivesIdle seconds without traffic after which a connection is probed
 * @param minConn how many connections are kept open, with {@code conn_type: pool}
 * @param maxConn how many reads and writes run at once; more wait
 * @param enableOpenaiCompatibleStore whether tables get the column {@code value_num}, as in Feast
 * @param vectorEnabled Feast's switch for vectors in columns of pgvector; refused when views are applied
 * @param similarity Feast's default distance of vector searches
 * @param connectTimeout how long to wait for a connection, also for one that others are using
 * @param timeout how long the server may be silent during a read or a write
 */
public record PostgresOnlineConfig(
        String host,
        @Default("5432") int port,
        String database,
        @Default("public") String dbSchema,
        String user,
        Secret password,
        @Default("require") SslMode sslmode,
        Optional<Path> sslkeyPath,
        Optional<Path> sslcertPath,
        Optional<Path> sslrootcertPath,
        Optional<Integer> keepalivesIdle,
        @Default("singleton") ConnectionType connType,
        @Default("1") int minConn,
        @Default("10") int maxConn,
        @Default("false") boolean enableOpenaiCompatibleStore,
        @Default("false") boolean vectorEnabled,
        @Default("cosine") String similarity,
        @Default("10s") Duration connectTimeout,
        @Default("10s") Duration timeout) {
    public PostgresOnlineConfig {
        ServerAddress.checkKeys(host, port, minConn, maxConn, connectTimeout, keepalivesIdle);
        Check.that(
                timeout.toMillis() > 0 && timeout.toMillis() <= Integer.MAX_VALUE,
                "timeout",
                "must be at least 1ms and at most 24 days, was %s",
                timeout);
    }

    ServerAddress address() {
        return new ServerAddress(
                host,
                port,
                database,
                dbSchema,
                user,
                password,
                sslmode,
                sslkeyPath,
                sslcertPath,
                sslrootcertPath,
                keepalivesIdle,
                connectTimeout);
    }
}

package dev.manciple.postgres;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code offline_store} of type {@code postgres} takes: Feast's keys, then those from {@code connect_timeout} on that are ours.
 *
 * @param dbSchema where tables without a schema are looked for first, before {@code public}, and where results are put
 * @param sslkeyPath the client's private key, PKCS#8 in PEM or DER, or PKCS#12; relative paths start at the repository
 * @param keepalivesIdle seconds without traffic after which the connection is probed
 * @param minConn Feast's key; connections of this store are closed soon after the last retrieval that used them
 * @param maxConn how many retrievals run at once; more wait
 * @param entitySelectMode Feast's key; entity rows given as SQL are read once either way, into a temporary table
 * @param statementTimeout how long the server works on one statement; as the server has it where absent
 * @param workMem what the server may take for one sort or hash before it spills
 */
public record PostgresOfflineConfig(
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
        @Default("temp_table") EntitySelectMode entitySelectMode,
        @Default("10s") Duration connectTimeout,
        Optional<Duration> statementTimeout,
        @Default("64MB") String workMem) {
    private static final Pattern SIZE = Pattern.compile("\\d+(kB|MB|GB)");

    /** Feast's two ways to use entity rows that are given as SQL. */
    public enum EntitySelectMode {
        TEMP_TABLE,
        EMBED_QUERY
    }

    public PostgresOfflineConfig {
        ServerAddress.checkKeys(host, port, minConn, maxConn, connectTimeout, keepalivesIdle);
        statementTimeout.ifPresent(timeout ->
                Check.that(timeout.toMillis() > 0, "statement_timeout", "must be positive, was %s", timeout));
        Check.that(SIZE.matcher(workMem).matches(), "work_mem", "must be a size such as 64MB, was '%s'", workMem);
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

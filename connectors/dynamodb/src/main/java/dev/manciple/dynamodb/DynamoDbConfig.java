package dev.manciple.dynamodb;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The options of the DynamoDB online store: Feast's, and ours from {@code writeConcurrency} on.
 *
 * @param batchSize keys per request of a read; the service takes 100 at most
 * @param endpointUrl where it is not the region's own
 * @param tableNameTemplate with {@code {project}} and {@code {table_name}}
 * @param consistentReads whether reads see every write that was acknowledged, at twice the price
 * @param warmupConnections Feast's; connections are opened when they are needed
 * @param tags of the tables; a view's own tags win
 * @param sessionBasedAuth Feast's; the SDK finds credentials of sessions by itself
 * @param maxReadWorkers requests of reads at once; more wait
 * @param maxPoolConnections connections that are kept
 * @param keepaliveTimeout seconds an idle connection is kept
 * @param connectTimeout seconds
 * @param readTimeout seconds
 * @param totalMaxRetryAttempts how often the SDK tries a request
 * @param writeConcurrency rows being written at once; more wait
 * @param accessKeyId where the SDK's usual places for credentials are not wanted
 */
record DynamoDbConfig(
        @Default("100") int batchSize,
        Optional<String> endpointUrl,
        String region,
        @Default("{project}.{table_name}") String tableNameTemplate,
        @Default("false") boolean consistentReads,
        @Default("false") boolean warmupConnections,
        @Default("") Map<String, String> tags,
        @Default("false") boolean sessionBasedAuth,
        @Default("10") int maxReadWorkers,
        @Default("50") int maxPoolConnections,
        @Default("30") double keepaliveTimeout,
        @Default("5") double connectTimeout,
        @Default("10") double readTimeout,
        @Default("3") int totalMaxRetryAttempts,
        @Default("adaptive") RetryMode retryMode,
        @Default("50") int writeConcurrency,
        Optional<String> accessKeyId,
        Optional<Secret> secretAccessKey,
        Optional<Secret> sessionToken) {
    /** Feast's names for how the SDK spaces its tries. */
    enum RetryMode {
        LEGACY,
        STANDARD,
        ADAPTIVE
    }

    private static final int MOST_KEYS = 100;

    DynamoDbConfig {
        Check.that(
                batchSize > 0 && batchSize <= MOST_KEYS, "batch_size", "must be between 1 and 100, was %s", batchSize);
        Check.that(!region.isBlank(), "region", "must name a region");
        endpointUrl.ifPresent(url -> Check.that(
                url.startsWith("http://") || url.startsWith("https://"),
                "endpoint_url",
                "must start with http:// or https://, was %s",
                url));
        Check.that(
                tableNameTemplate.contains("{table_name}"),
                "table_name_template",
                "must contain {table_name}, was %s",
                tableNameTemplate);
        Check.that(maxReadWorkers > 0, "max_read_workers", "must be at least 1, was %s", maxReadWorkers);
        Check.that(maxPoolConnections > 0, "max_pool_connections", "must be at least 1, was %s", maxPoolConnections);
        checkSeconds("keepalive_timeout", keepaliveTimeout);
        checkSeconds("connect_timeout", connectTimeout);
        checkSeconds("read_timeout", readTimeout);
        Check.that(
                totalMaxRetryAttempts > 0,
                "total_max_retry_attempts",
                "must be at least 1, was %s",
                totalMaxRetryAttempts);
        Check.that(writeConcurrency > 0, "write_concurrency", "must be at least 1, was %s", writeConcurrency);
        Check.that(
                accessKeyId.isPresent() == secretAccessKey.isPresent(),
                "access_key_id",
                "and secret_access_key must be given both, or neither");
        Check.that(sessionToken.isEmpty() || accessKeyId.isPresent(), "session_token", "needs an access_key_id too");
    }

    private static void checkSeconds(String key, double seconds) {
        Check.that(
                seconds >= 0.001 && seconds <= 86_400, key, "must be seconds between 0.001 and 86400, was %s", seconds);
    }

    Optional<URI> endpoint() {
        return endpointUrl.map(URI::create);
    }

    /** For messages. */
    String store() {
        return "DynamoDB store '%s'".formatted(endpointUrl.orElse(region));
    }
}

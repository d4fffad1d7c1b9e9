package dev.manciple.repo;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.util.Optional;

/**
 * The section {@code feature_server}: Feast's keys of both its types.
 *
 * @param type of Feast's server; both are served by the same one here
 * @param enabled read for Feast's sake: a server that is started serves
 * @param metrics what is measured, and whether it is also told on the port Feast tells it on
 * @param featureLogging read for Feast's sake: only its server in Go logs features
 * @param offlinePushBatchingEnabled whether rows pushed to the offline store are gathered and appended together
 * @param offlinePushBatchingBatchSize how many pushes are appended together at most
 * @param offlinePushBatchingBatchIntervalSeconds how long a push waits for others at most
 * @param transformationServiceEndpoint {@code host:port} of a server that computes on demand views written in Python
 * @param mcpEnabled read for Feast's sake, as the following: there are no tools for language models here
 */
public record FeatureServerConfig(
        @Default("local") Type type,
        @Default("false") boolean enabled,
        Optional<Metrics> metrics,
        Optional<FeatureLogging> featureLogging,
        @Default("false") boolean offlinePushBatchingEnabled,
        Optional<Integer> offlinePushBatchingBatchSize,
        Optional<Integer> offlinePushBatchingBatchIntervalSeconds,
        Optional<String> transformationServiceEndpoint,
        Optional<Boolean> mcpEnabled,
        Optional<String> mcpServerName,
        Optional<String> mcpServerVersion,
        Optional<String> mcpTransport) {
    /** What an absent section means. */
    public static final FeatureServerConfig DEFAULT = new FeatureServerConfig(
            Type.LOCAL,
            false,
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public FeatureServerConfig {
        requirePositive("offline_push_batching_batch_size", offlinePushBatchingBatchSize);
        requirePositive("offline_push_batching_batch_interval_seconds", offlinePushBatchingBatchIntervalSeconds);
        Check.that(
                transformationServiceEndpoint
                        .map(endpoint -> endpoint.matches("[^\\s:/]+:\\d{1,5}"))
                        .orElse(true),
                "transformation_service_endpoint",
                "must be host:port, was '%s'",
                transformationServiceEndpoint.orElse(""));
    }

    private static void requirePositive(String key, Optional<Integer> number) {
        Check.that(number.orElse(1) > 0, key, "must be positive, was %s", number.orElse(1));
    }

    /** The types of Feast's server. */
    public enum Type {
        LOCAL,
        MCP
    }

    /**
     * Which groups of meters there are.
     *
     * @param enabled whether metrics have a port of their own as well, as in Feast
     * @param resource of the process
     * @param request of routes
     * @param onlineFeatures of reads
     * @param push of pushes
     * @param materialization of materialized views
     * @param freshness how far materialized values lag behind
     * @param offlineFeatures of the offline server
     * @param auditLogging whether every request is logged, without values
     */
    public record Metrics(
            @Default("false") boolean enabled,
            @Default("true") boolean resource,
            @Default("true") boolean request,
            @Default("true") boolean onlineFeatures,
            @Default("true") boolean push,
            @Default("true") boolean materialization,
            @Default("true") boolean freshness,
            @Default("true") boolean offlineFeatures,
            @Default("false") boolean auditLogging) {}

    /** Feast's keys for logging what was served. */
    public record FeatureLogging(
            @Default("false") boolean enabled,
            @Default("600") int flushIntervalSecs,
            @Default("30") int writeToDiskIntervalSecs,
            @Default("100000") int queueCapacity,
            @Default("10000") int emitTimeoutMicroSecs) {}
}

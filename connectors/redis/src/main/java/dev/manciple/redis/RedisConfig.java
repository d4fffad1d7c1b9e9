package dev.manciple.redis;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of the Redis online store: Feast's, and three of ours.
 *
 * @param redisType what {@code connectionString} names: a server, the nodes of a cluster, or sentinels
 * @param sentinelMaster the name the sentinels know the server by
 * @param connectionString Feast's: {@code host:port} of each node and {@code key=value} options, separated by commas; see
 *     {@link ConnectionString}
 * @param keyTtlSeconds how long an entity's hash, with the rows of all its views, lives after a write; absent, as long as
 *     Redis lets it
 * @param fullScanForDeletion whether the rows of views that are dropped are looked for and removed
 * @param skipDedup whether rows are stored without a look at what is there: the last write wins, not the newest row
 * @param timeout how long a request may take in all
 * @param connectTimeout how long making a connection may take
 * @param maxConnections how many connections to each node there may be; small requests share one of them
 */
public record RedisConfig(
        @Default("redis") RedisType redisType,
        @Default("mymaster") String sentinelMaster,
        @Default("localhost:6379") Secret connectionString,
        Optional<Integer> keyTtlSeconds,
        @Default("true") boolean fullScanForDeletion,
        @Default("false") boolean skipDedup,
        Optional<Duration> timeout,
        Optional<Duration> connectTimeout,
        Optional<Integer> maxConnections) {
    public RedisConfig {
        Check.that(!sentinelMaster.isBlank(), "sentinel_master", "must not be empty");
        ConnectionString.parse(connectionString.reveal());
        keyTtlSeconds.ifPresent(
                seconds -> Check.that(seconds > 0, "key_ttl_seconds", "must be at least 1, was %s", seconds));
        timeout.ifPresent(time -> Check.that(time.toMillis() > 0, "timeout", "must be at least 1ms, was %s", time));
        connectTimeout.ifPresent(
                time -> Check.that(time.toMillis() > 0, "connect_timeout", "must be at least 1ms, was %s", time));
        maxConnections.ifPresent(
                count -> Check.that(count > 0, "max_connections", "must be at least 1, was %s", count));
    }
}

package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.read;
import static dev.manciple.redis.Rows.trips;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.StoreException;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Protocol.Command;
import redis.embedded.RedisSentinel;
import redis.embedded.core.RedisSentinelBuilder;

/** A server found by sentinels, and its replica that takes over. */
@Timeout(90)
class RedisSentinelTest {
    @Test
    void goesOnWithTheReplicaThatTakesOver() throws Exception {
        try (TestServer master = TestServer.start();
                TestServer replica = TestServer.start("replicaof 127.0.0.1 " + master.port())) {
            int port = TestServer.freePort();
            RedisSentinel sentinel = new RedisSentinelBuilder()
                    .port(port)
                    .bind("127.0.0.1")
                    .masterName("hot")
                    .masterPort(master.port())
                    .quorumSize(1)
                    .downAfterMilliseconds(500)
                    .failOverTimeout(2000)
                    .build();
            sentinel.start();
            try (RedisOnlineStore store =
                    new RedisOnlineStore(config(port), KitContext.withoutArrow("p", Path.of(".")))) {
                store.write(TRIPS, List.of(trips(1, NOON, 1)));
                // The master answers when a replica has the write.
                assertThat(master.send(Command.WAIT, text("1"), text("30000"))).isEqualTo(1L);
                master.stop();
                Await.until("the replica is the master", () -> {
                    StoreException failure = catchThrowableOfType(
                            StoreException.class, () -> store.write(TRIPS, List.of(trips(2, NOON, 2))));
                    assertThat(failure == null || failure.retryable())
                            .as("retryable: %s", failure)
                            .isTrue();
                    return failure == null;
                });
                assertThat(read(store, TRIPS, 1, 2)).containsExactly(foundTrips(NOON, 1), foundTrips(NOON, 2));
                assertThat(replica.send(Command.DBSIZE)).isEqualTo(2L);
            } finally {
                sentinel.stop();
            }
            master.restart();
        }
    }

    @Test
    void saysThatNoSentinelAnswersOrKnowsTheMaster() {
        try (RedisOnlineStore store =
                new RedisOnlineStore(config(TestServer.freePort()), KitContext.withoutArrow("p", Path.of(".")))) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> read(store, TRIPS, 1));
            assertThat(failure).hasMessageContaining("sentinel");
            assertThat(failure.retryable()).isTrue();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RedisConfig config(int sentinelPort) {
        return new RedisConfig(
                RedisType.REDIS_SENTINEL,
                "hot",
                new Secret("127.0.0.1:" + sentinelPort),
                Optional.empty(),
                true,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.driver;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.manyTrips;
import static dev.manciple.redis.Rows.read;
import static dev.manciple.redis.Rows.trips;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol.Command;

/** What a store says and does when its server is gone, slow, full, locked, or somebody else's. */
@Timeout(60)
class RedisFaultsTest {
    @TempDir
    Path folder;

    @Test
    void saysThatTheServerCannotBeReached() {
        String address = "127.0.0.1:" + TestServer.freePort();
        try (RedisOnlineStore store = store(TestServer.config(address + ",password=geheim"))) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> read(store, TRIPS, 1),
                    () -> store.write(TRIPS, List.of(trips(1, NOON, 1))),
                    () -> store.teardown(List.of(TRIPS)),
                    () -> store.scan(TRIPS).findAny())) {
                StoreException failure = catchThrowableOfType(StoreException.class, call);
                assertThat(failure)
                        .hasMessageContaining(address)
                        .hasMessageContaining("view 'trips'")
                        .hasMessageContaining("cannot be reached")
                        .hasMessageNotContaining("geheim");
                assertThat(failure.retryable()).isTrue();
                assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            }
        }
    }

    @Test
    void saysThatCredentialsAreWrong() {
        try (TestServer server = TestServer.start("requirepass geheim")) {
            for (String options : List.of("", ",password=falsch")) {
                try (RedisOnlineStore store = store(TestServer.config(server.address() + options))) {
                    StoreException failure = catchThrowableOfType(StoreException.class, () -> read(store, TRIPS, 1));
                    assertThat(failure)
                            .hasMessageContaining("did not accept the credentials")
                            .hasMessageNotContaining("geheim")
                            .hasMessageNotContaining("falsch");
                    assertThat(failure.retryable()).isFalse();
                }
            }
            try (RedisOnlineStore store = store(TestServer.config(server.address() + ",password=geheim,db=2"))) {
                store.write(TRIPS, List.of(trips(1, NOON, 1)));
                assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 1));
            }
        }
    }

    @Test
    void whoWaitsForAConnectionOfASilentServerMayTryAgain() throws Exception {
        try (TestServer server = TestServer.start();
                Proxy proxy = new Proxy(server.port());
                RedisOnlineStore store = store(limited(proxy, Duration.ofMillis(300), 1));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            read(store, TRIPS, 1);
            proxy.hold();
            List<Future<StoreException>> failures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                failures.add(
                        threads.submit(() -> catchThrowableOfType(StoreException.class, () -> read(store, TRIPS, 1))));
            }
            List<String> messages = new ArrayList<>();
            for (Future<StoreException> failure : failures) {
                assertThat(failure.get().retryable()).isTrue();
                messages.add(failure.get().getMessage());
            }
            // Who waits for the connection gets it when the first gives up, or gives up at the same moment itself.
            assertThat(messages)
                    .anyMatch(message -> message.contains("no answer within"))
                    .allMatch(message ->
                            message.contains("no answer within") || message.contains("connections were in use"));
            proxy.release();
            assertThat(read(store, TRIPS, 1)).containsExactly(Lookup.Absent.ABSENT);
        }
    }

    @Test
    void goesOnWithAServerThatWasRestarted() {
        try (TestServer server = TestServer.durable(folder);
                RedisOnlineStore store = store(server.config())) {
            store.write(TRIPS, List.of(trips(1, NOON, 1)));
            server.stop();
            assertThatThrownBy(() -> read(store, TRIPS, 1)).isInstanceOf(StoreException.class);
            server.restart();
            assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 1));
            server.stop();
            server.restart();
            // Connections from before, scripts forgotten: nobody notices.
            store.write(TRIPS, List.of(trips(1, NOON, 2)));
            assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 2));
        }
    }

    @Test
    void saysThatTheServerTakesNoWritesAndWritesOnceItDoes() {
        try (TestServer server = TestServer.start();
                RedisOnlineStore store = store(server.config())) {
            store.write(TRIPS, List.of(trips(1, NOON, 1)));
            server.send(Command.REPLICAOF, text("127.0.0.1"), text(Integer.toString(TestServer.freePort())));
            StoreException failure =
                    catchThrowableOfType(StoreException.class, () -> store.write(TRIPS, List.of(trips(1, NOON, 2))));
            assertThat(failure).hasMessageContaining("READONLY").hasMessageContaining("replica");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.applied()).isEmpty();
            assertThat(read(store, TRIPS, 1)).as("reads go on").containsExactly(foundTrips(NOON, 1));
            server.send(Command.REPLICAOF, text("NO"), text("ONE"));
            store.write(TRIPS, List.of(trips(1, NOON, 2)));
            assertThat(read(store, TRIPS, 1)).containsExactly(foundTrips(NOON, 2));
        }
    }

    @Test
    void tellsExactlyWhichRowsOfABatchAreStored() {
        try (TestServer server = TestServer.start();
                RedisOnlineStore store = store(server.config())) {
            server.send(Command.SET, ViewLayout.of("p", TRIPS).key(driver(1511)), new byte[] {1});
            List<OnlineRow> batch = manyTrips(3000);
            StoreException failure = catchThrowableOfType(StoreException.class, () -> store.write(TRIPS, batch));
            assertThat(failure).hasMessageContaining("WRONGTYPE");
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.applied()).hasSizeBetween(1000, 2999).doesNotContain(1511);
            List<Lookup> lookups = read(
                    store, TRIPS, failure.applied().stream().mapToLong(i -> i).toArray());
            assertThat(lookups)
                    .containsExactlyElementsOf(failure.applied().stream()
                            .map(i -> foundTrips(NOON, i))
                            .toList());
        }
    }

    @Test
    void saysThatTheServersMemoryIsFull() {
        try (TestServer server = TestServer.start("maxmemory 2mb", "maxmemory-policy noeviction");
                RedisOnlineStore store = store(server.config())) {
            List<OnlineRow> batch = manyTrips(50_000);
            StoreException failure = catchThrowableOfType(StoreException.class, () -> store.write(TRIPS, batch));
            assertThat(failure).hasMessageContaining("memory is full");
            assertThat(failure.applied()).isNotEmpty().hasSizeLessThan(50_000);
            long last = failure.applied().getLast();
            assertThat(read(store, TRIPS, last)).containsExactly(foundTrips(NOON, last));
        }
    }

    @Test
    void isOfNoUseOnceClosed() {
        try (TestServer server = TestServer.start()) {
            RedisOnlineStore used = store(server.config());
            read(used, TRIPS, 1);
            RedisOnlineStore unused = store(server.config());
            for (RedisOnlineStore store : List.of(used, unused)) {
                store.close();
                store.close();
                assertThatThrownBy(() -> read(store, TRIPS, 1)).isInstanceOf(StoreException.class);
            }
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RedisOnlineStore store(RedisConfig config) {
        return new RedisOnlineStore(config, KitContext.withoutArrow("p", Path.of(".")));
    }

    private static RedisConfig limited(Proxy proxy, Duration timeout, int connections) {
        RedisConfig config = TestServer.config("127.0.0.1:" + proxy.port());
        return new RedisConfig(
                config.redisType(),
                config.sentinelMaster(),
                config.connectionString(),
                config.keyTtlSeconds(),
                config.fullScanForDeletion(),
                config.skipDedup(),
                Optional.of(timeout),
                config.connectTimeout(),
                Optional.of(connections));
    }
}

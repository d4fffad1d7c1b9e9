package dev.manciple.redis;

import static dev.manciple.redis.Rows.NOON;
import static dev.manciple.redis.Rows.TRIPS;
import static dev.manciple.redis.Rows.foundTrips;
import static dev.manciple.redis.Rows.manyTrips;
import static dev.manciple.redis.Rows.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.StoreException;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.internal.Deadlines;
import dev.manciple.tck.Await;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

/** Many threads that read over few connections: each gets what it asked for, whatever happens to the others. */
@Timeout(60)
class SharedConnectionTest {
    private static final int DRIVERS = 500;
    private static final int THREADS = 16;
    /** Above what goes over the shared connection. */
    private static final int MANY = 40;

    private static TestServer server;

    @BeforeAll
    static void startServer() {
        server = TestServer.start();
        try (RedisOnlineStore store = store(server.port(), 8)) {
            store.write(TRIPS, manyTrips(DRIVERS));
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavesAServerThatAnotherTookThePlaceOf(boolean cluster) throws Exception {
        DefaultJedisClientConfig client = DefaultJedisClientConfig.builder().build();
        try (TestServer next = TestServer.start();
                Deadlines deadlines = new Deadlines("test-deadlines", Duration.ofMillis(10));
                SharedConnections connections = new SharedConnections(client, deadlines, cluster)) {
            SharedConnection first = open(connections, server);
            SharedConnection second = open(connections, next);
            if (cluster) {
                assertThat(ping(first)).isEqualTo("PONG");
            } else {
                Await.until("the connection that was left has ended", () -> !first.isOpen());
            }
            assertThat(ping(second)).isEqualTo("PONG");
        }
    }

    private static String ping(SharedConnection connection) {
        Object[] replies = new Object[1];
        connection.exchange(List.of(new CommandArguments(Command.PING)), replies, Deadline.in(Duration.ofSeconds(30)));
        return new String((byte[]) replies[0], StandardCharsets.UTF_8);
    }

    private static SharedConnection open(SharedConnections connections, TestServer to) {
        return Objects.requireNonNull(connections.to(new HostAndPort("127.0.0.1", to.port())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void eachThreadGetsWhatItAskedForOverAsManyConnectionsAsThereMayBe(int connections) throws Exception {
        try (RedisOnlineStore store = store(server.port(), connections, ",client_name=of" + connections)) {
            int mostClients = 0;
            List<Future<?>> readers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int thread = 0; thread < THREADS; thread++) {
                    Random random = new Random(thread);
                    readers.add(threads.submit(() -> {
                        for (int i = 0; i < 200; i++) {
                            readSome(store, random, random.nextInt(10) == 0 ? MANY : 1 + random.nextInt(4));
                        }
                    }));
                }
                while (!readers.stream().allMatch(Future::isDone)) {
                    mostClients = Math.max(mostClients, ids("of" + connections).size());
                }
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
            assertThat(mostClients).isBetween(1, connections);
        }
    }

    @Test
    void nobodyGetsTheReplyOfAnotherWhenConnectionsAreLost() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Future<?>> readers = new ArrayList<>();
        CountDownLatch enough = new CountDownLatch(1);
        try (RedisOnlineStore store = store(server.port(), 4);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(thread);
                readers.add(threads.submit(() -> {
                    while (enough.getCount() > 0) {
                        try {
                            readSome(store, random, 1 + random.nextInt(4));
                            answered.incrementAndGet();
                        } catch (StoreException lostTwice) {
                            assertThat(lostTwice.retryable()).isTrue();
                            failed.incrementAndGet();
                        }
                    }
                }));
            }
            try {
                for (int kill = 1; kill <= 100; kill++) {
                    int before = answered.get();
                    server.send(Command.CLIENT, text("KILL"), text("TYPE"), text("normal"));
                    // Some are answered between one kill and the next, so that each kill finds requests on their way.
                    Await.until(
                            "readers are answered again",
                            () -> answered.get() >= before + THREADS
                                    || readers.stream().anyMatch(Future::isDone));
                }
            } finally {
                enough.countDown();
            }
        }
        for (Future<?> reader : readers) {
            reader.get();
        }
        assertThat(answered.get()).isGreaterThan(failed.get());
    }

    @Test
    void whoIsInterruptedLeavesTheOthersTheirReplies() throws Exception {
        try (Proxy proxy = new Proxy(server.port());
                RedisOnlineStore store = store(proxy.port(), 4);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            read(store, TRIPS, 1);
            proxy.hold();
            Future<StoreException> interrupted = threads.submit(() -> {
                Thread.currentThread().interrupt();
                return catchThrowableOfType(StoreException.class, () -> read(store, TRIPS, 2));
            });
            assertThat(interrupted.get().retryable()).isTrue();
            Future<List<Lookup>> other = threads.submit(() -> read(store, TRIPS, 3));
            proxy.release();
            assertThat(other.get()).containsExactly(foundTrips(NOON, 3));
            assertThat(read(store, TRIPS, 4)).containsExactly(foundTrips(NOON, 4));
        }
    }

    @Test
    void whoseTimeIsOverLeavesAloneUnlessTheServerSaysNothingForLong() throws Exception {
        try (Proxy proxy = new Proxy(server.port());
                RedisOnlineStore patient = store(proxy.port(), 4, ",client_name=patient,socket_timeout=1.5");
                RedisOnlineStore hasty = store(proxy.port(), 4, ",client_name=hasty,socket_timeout=0.4")) {
            for (RedisOnlineStore store : List.of(patient, hasty)) {
                read(store, TRIPS, 1);
            }
            List<String> patientBefore = ids("patient");
            List<String> hastyBefore = ids("hasty");
            proxy.hold();
            assertThat(catchThrowableOfType(StoreException.class, () -> read(hasty, TRIPS, 2)))
                    .hasMessageContaining("no answer within 400 ms");
            assertThat(catchThrowableOfType(StoreException.class, () -> read(patient, TRIPS, 2)))
                    .hasMessageContaining("no answer within 1500 ms");
            proxy.release();
            assertThat(read(hasty, TRIPS, 3)).containsExactly(foundTrips(NOON, 3));
            assertThat(read(patient, TRIPS, 3)).containsExactly(foundTrips(NOON, 3));
            // Beside one it may have used another, as long as replies were due on the first.
            assertThat(ids("hasty")).containsAll(hastyBefore);
            // The server hears through the proxy that the connection was closed.
            Await.until(
                    "its connection is gone",
                    () -> ids("patient"),
                    ids -> ids.stream().noneMatch(patientBefore::contains));
        }
    }

    private static void readSome(RedisOnlineStore store, Random random, int keys) {
        long[] drivers = LongStream.range(0, keys)
                .map(i -> random.nextInt(DRIVERS))
                .distinct()
                .toArray();
        assertThat(read(store, TRIPS, drivers))
                .containsExactlyElementsOf(LongStream.of(drivers)
                        .mapToObj(driver -> foundTrips(NOON, driver))
                        .toList());
    }

    /** The connections to the server that go by a name. */
    private static List<String> ids(String name) {
        String all = new String((byte[]) server.send(Command.CLIENT, text("LIST")), StandardCharsets.UTF_8);
        return all.lines()
                .filter(line -> line.contains(" name=" + name + " "))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RedisOnlineStore store(int port, int connections) {
        return store(port, connections, "");
    }

    private static RedisOnlineStore store(int port, int connections, String options) {
        RedisConfig config = TestServer.config("127.0.0.1:" + port + options);
        return new RedisOnlineStore(
                new RedisConfig(
                        config.redisType(),
                        config.sentinelMaster(),
                        config.connectionString(),
                        config.keyTtlSeconds(),
                        config.fullScanForDeletion(),
                        config.skipDedup(),
                        config.timeout(),
                        config.connectTimeout(),
                        Optional.of(connections)),
                KitContext.withoutArrow("p", Path.of(".")));
    }
}

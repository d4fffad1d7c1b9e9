package dev.manciple.dynamodb;

import static dev.manciple.tck.Drivers.EVENT;
import static dev.manciple.tck.Drivers.VIEW;
import static dev.manciple.tck.Drivers.found;
import static dev.manciple.tck.Drivers.keep;
import static dev.manciple.tck.Drivers.read;
import static dev.manciple.tck.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.dynamodb.server.DynamoDbServer;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.Await;
import dev.manciple.tck.Drivers;
import dev.manciple.tck.KitContext;
import dev.manciple.wire.EntityKeyCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not there, refuse, die, and do not answer. */
@Timeout(180)
class DynamoDbFaultsTest {
    @TempDir
    private static Path folder;

    private static DynamoDbServer server;

    @BeforeAll
    static void start() {
        server = DynamoDbServer.start(folder.resolve("dynamodb"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void empty() {
        try (OnlineStore store = store(Map.of())) {
            store.teardown(List.of(VIEW));
            store.update(keep(VIEW));
        }
    }

    private static OnlineStore store(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(TestTables.options(server, ""));
        options.putAll(more);
        return new DynamoDbOnlineStoreFactory()
                .create(TestTables.bind(options), KitContext.withoutArrow("p", Path.of("")));
    }

    @Test
    void tellsThatNobodyListens() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (OnlineStore store = store(Map.of("endpoint_url", "http://127.0.0.1:" + closed))) {
            StoreException failure =
                    catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(row(1, EVENT, 1))));
            assertThat(failure)
                    .hasMessageContaining("127.0.0.1:" + closed)
                    .hasMessageContaining("'stats'")
                    .hasMessageContaining("check region and endpoint_url");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
    }

    @Test
    void tellsThatTheCredentialsAreRefusedWithoutTellingThem() {
        try (FaultyFront front = FaultyFront.toStrangers(server.endpoint());
                OnlineStore store = store(Map.of("endpoint_url", front.url(), "secret_access_key", "s3cret"))) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> read(store, 1),
                    () -> store.write(VIEW, List.of(row(1, EVENT, 1))),
                    () -> store.plan(keep(VIEW)))) {
                StoreException failure = catchThrowableOfType(StoreException.class, call);
                assertThat(failure)
                        .hasMessageContaining("refused the credentials")
                        .hasMessageNotContaining("s3cret");
                assertThat(failure.retryable()).isFalse();
                assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            }
        }
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswerInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                OnlineStore store = store(Map.of(
                        "endpoint_url",
                        "http://127.0.0.1:" + silent.getLocalPort(),
                        "read_timeout",
                        0.1,
                        "total_max_retry_attempts",
                        1))) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> read(store, 1));
            assertThat(failure).hasMessageContaining("read_timeout");
            assertThat(failure.retryable()).isTrue();
            assertThat(catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(row(1, EVENT, 1))))
                            .outcome())
                    .isEqualTo(Outcome.MAYBE);
        }
    }

    @Test
    void triesAgainWhenItIsThrottled() {
        AtomicInteger refusals = new AtomicInteger(4);
        try (FaultyFront front = new FaultyFront(server.endpoint(), request -> refusals.getAndDecrement() > 0);
                OnlineStore store = store(Map.of("endpoint_url", front.url(), "total_max_retry_attempts", 5))) {
            store.write(VIEW, List.of(row(1, EVENT, 1)));
            assertThat(read(store, 1)).isEqualTo(found(EVENT, 1));
            assertThat(refusals).hasNonPositiveValue();
        }
    }

    @Test
    void tellsWhichRowsAreStoredWhenItIsThrottledForGood() {
        String refused =
                EntityKeyCodec.entityId(EntityKeyCodec.of(VIEW.entityColumns()).encode(Drivers.key(250)));
        List<OnlineRow> rows = LongStream.range(0, 500)
                .mapToObj(driver -> row(driver, EVENT, driver))
                .toList();
        StoreException failure;
        try (FaultyFront front = new FaultyFront(server.endpoint(), request -> request.contains(refused));
                OnlineStore store = store(
                        Map.of("endpoint_url", front.url(), "total_max_retry_attempts", 1, "write_concurrency", 8))) {
            failure = catchThrowableOfType(StoreException.class, () -> store.write(VIEW, rows));
            assertThat(failure).hasMessageContaining("fewer requests");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        try (OnlineStore store = store(Map.of("consistent_reads", true))) {
            List<Integer> stored = IntStream.range(0, rows.size())
                    .filter(driver -> read(store, driver).equals(found(EVENT, driver)))
                    .boxed()
                    .toList();
            assertThat(failure.applied()).isEqualTo(stored).contains(0).doesNotContain(250, 499);
        }
    }

    @Test
    void survivesTheDeathOfTheServer() throws Exception {
        try (OnlineStore store = store(Map.of("total_max_retry_attempts", 1))) {
            List<OnlineRow> rows = LongStream.range(0, 20_000)
                    .mapToObj(driver -> row(driver, EVENT, driver))
                    .toList();
            CompletableFuture<Throwable> writing =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> store.write(VIEW, rows)));
            CompletableFuture<Throwable> reading =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> readUntilItFails(store)));
            // When one of the first is there, the write is under way.
            Await.until("one of the first rows is stored", () -> read(store, 60) != Lookup.Absent.ABSENT);
            server.kill();
            assertThat(writing.join()).isInstanceOf(StoreException.class);
            assertThat(reading.join()).isInstanceOf(StoreException.class);
            StoreException failure = (StoreException) writing.join();
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.applied()).isNotEmpty().hasSizeLessThan(rows.size());

            server.restart();
            for (int position : failure.applied()) {
                if (position % 50 == 0) {
                    assertThat(read(store, position)).isEqualTo(found(EVENT, position));
                }
            }
            store.write(VIEW, List.of(row(19_999, EVENT, 5)));
            assertThat(read(store, 19_999)).isEqualTo(found(EVENT, 5));
        }
    }

    private static void readUntilItFails(OnlineStore store) {
        while (true) {
            read(store, 1);
        }
    }
}

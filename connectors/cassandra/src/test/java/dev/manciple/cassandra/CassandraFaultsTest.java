package dev.manciple.cassandra;

import static dev.manciple.cassandra.Drivers.EVENT;
import static dev.manciple.cassandra.Drivers.VIEW;
import static dev.manciple.cassandra.Drivers.found;
import static dev.manciple.cassandra.Drivers.keep;
import static dev.manciple.cassandra.Drivers.read;
import static dev.manciple.cassandra.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.manciple.cassandra.server.CassandraServer;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not there, refuse, die, and do not answer. */
@Timeout(180)
class CassandraFaultsTest {
    @TempDir
    private static Path folder;

    private static CassandraServer server;

    @BeforeAll
    static void start() {
        server = CassandraServer.start(folder.resolve("cassandra"));
        try (CqlSession session = TestKeyspace.connect(server)) {
            session.execute(
                    "CREATE KEYSPACE faults WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static OnlineStore store(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "hosts",
                List.of("127.0.0.1"),
                "port",
                server.port(),
                "keyspace",
                "faults",
                "username",
                CassandraServer.USER,
                "password",
                CassandraServer.PASSWORD));
        return Drivers.store(new CassandraOnlineStoreFactory(), "p", options, more);
    }

    @Test
    void tellsThatNobodyListens() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (OnlineStore store = store(Map.of("port", closed))) {
            StoreException failure =
                    catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(row(1, EVENT, 1))));
            assertThat(failure)
                    .hasMessageContaining("127.0.0.1:" + closed)
                    .hasMessageContaining("'stats'")
                    .hasMessageContaining("check that the cluster runs");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
    }

    @Test
    void tellsThatTheUserIsRefusedWithoutTellingThePassword() {
        try (OnlineStore store = store(Map.of("password", "wr0ng"))) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> read(store, 1));
            assertThat(failure)
                    .hasMessageContaining("check username and password")
                    .hasMessageNotContaining("wr0ng");
            assertThat(failure.retryable()).isFalse();
        }
    }

    @Test
    void tellsThatAHostIsUnknown() {
        try (OnlineStore store = store(Map.of("hosts", List.of("no-such-host.invalid")))) {
            assertThat(catchThrowableOfType(StoreException.class, () -> read(store, 1)))
                    .hasMessageContaining("no-such-host.invalid");
        }
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswerInTime() throws Exception {
        try (OnlineStore store = store(Map.of("request_timeout", 0.1))) {
            awaitApplied(store);
            server.freeze();
            try {
                StoreException ofRead = catchThrowableOfType(StoreException.class, () -> read(store, 1));
                assertThat(ofRead).hasMessageContaining("request_timeout");
                assertThat(ofRead.retryable()).isTrue();
                StoreException ofWrite =
                        catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(row(1, EVENT, 1))));
                assertThat(ofWrite).hasMessageContaining("request_timeout");
                assertThat(ofWrite.applied()).isEmpty();
            } finally {
                server.thaw();
            }
        }
    }

    @Test
    void survivesTheDeathOfTheServer() throws Exception {
        try (OnlineStore store = store(Map.of())) {
            awaitApplied(store);
            List<OnlineRow> rows = LongStream.range(0, 20_000)
                    .mapToObj(driver -> row(driver, EVENT, driver))
                    .toList();
            CompletableFuture<Throwable> writing =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> store.write(VIEW, rows)));
            CompletableFuture<Throwable> reading =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> readUntilItFails(store)));
            // The last row is written last: when one of the first is there, the write is under way.
            awaitStored(store, 100);
            server.kill();
            assertThat(writing.join()).isInstanceOf(StoreException.class);
            assertThat(reading.join()).isInstanceOf(StoreException.class);
            StoreException failure = (StoreException) writing.join();
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.applied()).isNotEmpty().hasSizeLessThan(rows.size());

            server.restart();
            awaitApplied(store);
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

    private static void awaitStored(OnlineStore store, long driver) throws Exception {
        Await.until("driver %d is stored".formatted(driver), () -> {
            try {
                return read(store, driver).equals(found(EVENT, driver));
            } catch (StoreException e) {
                requireRetryable(e);
                return false;
            }
        });
    }

    /** A server that has just started may refuse for a moment. */
    private static void awaitApplied(OnlineStore store) throws Exception {
        Await.until("the view is applied", () -> {
            try {
                store.update(keep(VIEW));
                return true;
            } catch (StoreException e) {
                requireRetryable(e);
                return false;
            }
        });
    }

    private static void requireRetryable(StoreException failure) {
        if (!failure.retryable()) {
            throw failure;
        }
    }
}

package dev.manciple.mysql;

import static dev.manciple.tck.Trips.KEEP;
import static dev.manciple.tck.Trips.NOON;
import static dev.manciple.tck.Trips.VIEW;
import static dev.manciple.tck.Trips.found;
import static dev.manciple.tck.Trips.read;
import static dev.manciple.tck.Trips.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.Proxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a store says and does when its server dies or is slow; what one says of a server that is not there is beside the layout. */
@Timeout(300)
class MySqlFaultsTest {
    @RegisterExtension
    static final WithServer SHARED = new WithServer();

    private static final int DRIVERS = 200;

    /** The server is silent for as long as the test looks, and not for a time that the test would have to guess. */
    @Test
    void doesNotWaitForASlowServerLongerThanAllowed() throws IOException {
        SHARED.server().empty();
        try (Proxy proxy = new Proxy(SHARED.server().port());
                MySqlOnlineStore patient = store(SHARED.server().config());
                MySqlOnlineStore store = store(hasty(proxy))) {
            patient.update(KEEP);
            patient.write(VIEW, List.of(row(1, NOON, 1)));
            assertThat(read(store, 1)).containsExactly(found(NOON, 1));
            proxy.hold();
            StoreException unknown = catchThrowableOfType(
                    StoreException.class, () -> store.write(VIEW, List.of(row(1, NOON.plusSeconds(1), 2))));
            assertThat(unknown).hasMessageContaining("100 ms").hasMessageContaining("view 'trips'");
            assertThat(unknown.retryable()).isTrue();
            assertThat(unknown.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(unknown.applied()).isEmpty();
            StoreException late = catchThrowableOfType(StoreException.class, () -> read(store, 1));
            assertThat(late).hasMessageContaining("100 ms");
            assertThat(late.retryable()).isTrue();
            assertThat(late.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            proxy.release();
            // What was late does not come as an answer to this, and what was given up is undone.
            assertThat(read(store, 2, 1)).containsExactly(Lookup.Absent.ABSENT, found(NOON, 1));
        }
    }

    private static MySqlConfig hasty(Proxy proxy) {
        return TestServer.config(
                proxy.port(), TestServer.PASSWORD, TestServer.DATABASE, Duration.ofMillis(100), "+00:00");
    }

    @Test
    void losesNothingAcknowledgedWhenTheServerDiesDuringWritesAndReads() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.empty();
            try (MySqlOnlineStore store = store(server.patient());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                store.update(KEEP);
                store.write(VIEW, batch(0));
                AtomicLong acknowledged = new AtomicLong();
                CountDownLatch underWay = new CountDownLatch(20);
                Future<StoreException> writing = threads.submit(() -> {
                    for (long count = 1; ; count++) {
                        List<OnlineRow> rows = batch(count);
                        StoreException failure =
                                catchThrowableOfType(StoreException.class, () -> store.write(VIEW, rows));
                        if (failure != null) {
                            return failure;
                        }
                        acknowledged.set(count);
                        underWay.countDown();
                    }
                });
                Future<StoreException> reading = threads.submit(() -> {
                    StoreException failure = null;
                    while (failure == null) {
                        failure = catchThrowableOfType(StoreException.class, () -> read(store, 0, 1, 2, 3));
                    }
                    return failure;
                });
                underWay.await();
                server.kill();
                for (Future<StoreException> failed : List.of(writing, reading)) {
                    assertThat(failed.get()).hasMessageContaining("view 'trips'");
                    assertThat(failed.get().retryable()).isTrue();
                }
                // Told at once: if the store waited as long as it may, the test would not end.
                for (int i = 0; i < 3; i++) {
                    StoreException gone = catchThrowableOfType(StoreException.class, () -> read(store, 1));
                    assertThat(gone).hasMessageContaining("cannot be reached");
                    assertThat(gone.retryable()).isTrue();
                }
                server.restart();

                long last = acknowledged.get();
                List<Lookup> before = expected(last);
                List<Lookup> after = expected(last + 1);
                // A batch is there whole or not at all, and is not there if that was said.
                assertThat(read(store, LongStream.range(0, DRIVERS).toArray()))
                        .isIn(
                                writing.get().outcome() == Outcome.NOT_APPLIED
                                        ? List.of(before)
                                        : List.of(before, after));
                store.write(VIEW, batch(last + 2));
                assertThat(read(store, 7)).containsExactly(found(NOON.plusSeconds(last + 2), last + 2));
            }
        }
    }

    private static List<OnlineRow> batch(long count) {
        return LongStream.range(0, DRIVERS)
                .mapToObj(driver -> row(driver, NOON.plusSeconds(count), count))
                .toList();
    }

    private static List<Lookup> expected(long count) {
        return LongStream.range(0, DRIVERS)
                .mapToObj(driver -> found(NOON.plusSeconds(count), count))
                .toList();
    }

    private static MySqlOnlineStore store(MySqlConfig config) {
        return new MySqlOnlineStore(config, KitContext.withoutArrow("p", Path.of(".")));
    }
}

package dev.manciple.tck;

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
import dev.manciple.spi.OnlineStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a store says and does when its server is slow, or dies and comes back. For stores whose server a test can start and kill, and
 * that keeps what it acknowledged.
 *
 * @param <S> the server
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
public abstract class ServerFaultsContract<S> {
    private static final int DRIVERS = 200;
    private static final Duration AMPLE = Duration.ofSeconds(20);

    private S server;

    /**
     * Starts a server with nothing in it that keeps what it acknowledged, for all tests: some take their time.
     *
     * @param folder for its files
     */
    protected abstract S start(Path folder) throws Exception;

    protected abstract void stop(S server) throws Exception;

    /** Where the server listens, on the loopback; the same after a {@link #restart}. */
    protected abstract int port(S server);

    /** Ends the server at once, as a crash would. Returns when it is gone. */
    protected abstract void kill(S server) throws Exception;

    /** Starts the server again over what it had, after a {@link #kill}. */
    protected abstract void restart(S server) throws Exception;

    /** Whether the server takes a batch whole or not at all, and undoes one whose client gave up. */
    protected abstract boolean wholeBatches();

    /**
     * A store of the project {@code p}, closed by who asked for it.
     *
     * @param port of the server, of what stands before it, or of nobody
     * @param timeout how long the server may be silent
     * @param connectTimeout how long to wait for a connection
     */
    protected abstract OnlineStore store(S server, int port, Duration timeout, Duration connectTimeout);

    @BeforeAll
    final void startServer(@TempDir Path folder) throws Exception {
        server = start(folder);
    }

    @AfterAll
    final void stopServer() throws Exception {
        stop(server);
    }

    /** The server is silent for as long as the test looks, and not for a time that the test would have to guess. */
    @Test
    final void doesNotWaitForASlowServerLongerThanAllowed() throws Exception {
        try (Proxy proxy = new Proxy(port(server));
                OnlineStore patient = store(server, port(server), AMPLE, AMPLE);
                OnlineStore store = store(server, proxy.port(), Duration.ofMillis(100), AMPLE)) {
            empty(patient);
            patient.write(VIEW, List.of(row(1, NOON, 1)));
            assertThat(read(store, 1)).containsExactly(found(NOON, 1));
            proxy.hold();
            StoreException late = catchThrowableOfType(StoreException.class, () -> read(store, 1));
            assertThat(late).hasMessageContaining("100 ms").hasMessageContaining("view 'trips'");
            assertThat(late.retryable()).isTrue();
            assertThat(late.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            proxy.release();
            // What was late does not come as an answer to this.
            assertThat(read(store, 2)).containsExactly(Lookup.Absent.ABSENT);
            proxy.hold();
            OnlineRow newer = row(1, NOON.plusSeconds(1), 2);
            StoreException unknown =
                    catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(newer)));
            assertThat(unknown).hasMessageContaining("100 ms");
            assertThat(unknown.retryable()).isTrue();
            assertThat(unknown.outcome()).isEqualTo(wholeBatches() ? Outcome.NOT_APPLIED : Outcome.MAYBE);
            assertThat(unknown.applied()).isEmpty();
            proxy.release();
            if (wholeBatches()) {
                assertThat(read(store, 1)).containsExactly(found(NOON, 1));
            }
            store.write(VIEW, List.of(newer));
            assertThat(read(store, 1)).containsExactly(found(NOON.plusSeconds(1), 2));
        }
    }

    @Test
    final void losesNothingAcknowledgedWhenTheServerDiesDuringWritesAndReads() throws Exception {
        // If a store waited for a server that is gone as long as it may, the test would not end.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                OnlineStore store = store(server, port(server), AMPLE, Duration.ofHours(1))) {
            empty(store);
            store.write(VIEW, batch(0));
            AtomicLong acknowledged = new AtomicLong();
            CountDownLatch underWay = new CountDownLatch(20);
            Future<StoreException> writing = threads.submit(() -> {
                for (long count = 1; ; count++) {
                    List<OnlineRow> rows = batch(count);
                    StoreException failure = catchThrowableOfType(StoreException.class, () -> store.write(VIEW, rows));
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
            kill(server);
            for (Future<StoreException> failed : List.of(writing, reading)) {
                assertThat(failed.get()).hasMessageContaining("view 'trips'");
                assertThat(failed.get().retryable()).isTrue();
            }
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> read(store, 1), () -> store.write(VIEW, batch(0)), () -> read(store, 1))) {
                StoreException gone = catchThrowableOfType(StoreException.class, call);
                assertThat(gone).hasMessageContaining(":" + port(server)).hasMessageContaining("view 'trips'");
                assertThat(gone.retryable()).isTrue();
            }
            restart(server);

            long last = acknowledged.get();
            assertStored(store, last, writing.get());
            store.write(VIEW, batch(last + 2));
            assertThat(read(store, 7)).containsExactly(found(NOON.plusSeconds(last + 2), last + 2));
        }
    }

    /** Of the batch that failed is there what was said. */
    private void assertStored(OnlineStore store, long acknowledged, StoreException failure) {
        List<Lookup> before = expected(acknowledged);
        List<Lookup> after = expected(acknowledged + 1);
        List<Lookup> stored = read(store, LongStream.range(0, DRIVERS).toArray());
        for (int driver = 0; driver < DRIVERS; driver++) {
            boolean applied = failure.applied().contains(driver);
            boolean unknown = !applied && failure.outcome() == Outcome.MAYBE;
            assertThat(stored.get(driver))
                    .as("driver %d, stored: %s, unknown: %s", driver, applied, unknown)
                    .isIn(
                            unknown
                                    ? List.of(before.get(driver), after.get(driver))
                                    : List.of((applied ? after : before).get(driver)));
        }
        if (wholeBatches()) {
            assertThat(stored).isIn(before, after);
        }
    }

    @Test
    final void saysThatNobodyListens() throws Exception {
        int nobodys;
        try (Proxy proxy = new Proxy(port(server))) {
            nobodys = proxy.port();
        }
        try (OnlineStore store = store(server, nobodys, AMPLE, Duration.ofHours(1))) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> read(store, 1), () -> store.write(VIEW, batch(1)), () -> scan(store))) {
                StoreException failure = catchThrowableOfType(StoreException.class, call);
                assertThat(failure).hasMessageContaining(":" + nobodys).hasMessageContaining("view 'trips'");
                assertThat(failure.retryable()).isTrue();
                assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            }
        }
    }

    private static void scan(OnlineStore store) {
        try (Stream<OnlineRow> rows = store.scan(VIEW)) {
            assertThat(rows).isEmpty();
        }
    }

    private static void empty(OnlineStore store) {
        store.teardown(List.of(VIEW));
        store.update(KEEP);
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
}

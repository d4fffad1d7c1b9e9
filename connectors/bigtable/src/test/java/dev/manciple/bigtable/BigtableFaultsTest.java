package dev.manciple.bigtable;

import static dev.manciple.tck.Drivers.EVENT;
import static dev.manciple.tck.Drivers.VIEW;
import static dev.manciple.tck.Drivers.found;
import static dev.manciple.tck.Drivers.keep;
import static dev.manciple.tck.Drivers.read;
import static dev.manciple.tck.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.bigtable.emulator.v2.Emulator;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.tck.Await;
import dev.manciple.tck.Drivers;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.Proxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that dies, comes back, and does not answer. */
@Timeout(120)
class BigtableFaultsTest {
    /** The emulator keeps nothing when it dies, so what is acknowledged is known from the report only. */
    @Test
    void goesOnWithAServiceThatDiedDuringWritesAndReads() throws Exception {
        Emulator first = TestBigtable.start();
        try (Proxy proxy = new Proxy(first.getPort());
                OnlineStore store = store(proxy, Map.of("request_timeout", 5, "concurrency", 4))) {
            store.update(keep(VIEW));
            List<OnlineRow> rows = LongStream.range(0, 100_000)
                    .mapToObj(driver -> row(driver, EVENT, driver))
                    .toList();
            CompletableFuture<StoreException> writing = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(StoreException.class, () -> store.write(VIEW, rows)));
            CompletableFuture<StoreException> reading = CompletableFuture.supplyAsync(() -> readUntilItFails(store));
            awaitStored(store);
            first.stop();
            assertThat(reading.join()).hasMessageContaining("'stats'");
            assertThat(reading.join()).matches(StoreException::retryable, "retryable");
            StoreException failure = writing.join();
            assertThat(failure).matches(StoreException::retryable, "retryable");
            assertThat(failure.applied()).isNotEmpty().hasSizeLessThan(rows.size());

            Emulator second = TestBigtable.start();
            proxy.redirect(second.getPort());
            awaitApplied(store);
            store.write(VIEW, List.of(row(1, EVENT, 5)));
            assertThat(read(store, 1)).isEqualTo(found(EVENT, 5));
            second.stop();
        }
    }

    /** The service is silent for as long as the test looks, and not for a time that the test would have to guess. */
    @Test
    void doesNotWaitForASlowServiceLongerThanAllowed() throws IOException {
        Emulator emulator = TestBigtable.start();
        try (Proxy proxy = new Proxy(emulator.getPort());
                OnlineStore patient = store(proxy, Map.of());
                OnlineStore store = store(proxy, Map.of("request_timeout", 0.1))) {
            patient.update(keep(VIEW));
            proxy.hold();
            StoreException late = catchThrowableOfType(StoreException.class, () -> read(store, 1));
            assertThat(late).hasMessageContaining("request_timeout");
            assertThat(late.retryable()).isTrue();
            StoreException unknown =
                    catchThrowableOfType(StoreException.class, () -> store.write(VIEW, List.of(row(1, EVENT, 1))));
            assertThat(unknown).hasMessageContaining("request_timeout");
            assertThat(unknown.outcome()).isEqualTo(Outcome.MAYBE);
            assertThat(unknown.applied()).isEmpty();
            proxy.release();
            patient.write(VIEW, List.of(row(1, EVENT, 2)));
            assertThat(read(patient, 1)).isEqualTo(found(EVENT, 2));
        } finally {
            emulator.stop();
        }
    }

    /** Nobody knows what became of requests without an answer; of those that are reported as stored, everybody does. */
    @Test
    void tellsWhichRowsAreStoredWhenAnswersStopDuringAWrite() throws Exception {
        Emulator emulator = TestBigtable.start();
        try (Proxy proxy = new Proxy(emulator.getPort());
                Proxy open = new Proxy(emulator.getPort());
                OnlineStore other = store(open, Map.of());
                OnlineStore store = store(proxy, Map.of("request_timeout", 1, "concurrency", 4))) {
            other.update(keep(VIEW));
            List<OnlineRow> rows = LongStream.range(0, 100_000)
                    .mapToObj(driver -> row(driver, EVENT, driver))
                    .toList();
            CompletableFuture<StoreException> writing = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(StoreException.class, () -> store.write(VIEW, rows)));
            awaitStored(other);
            proxy.hold();
            StoreException failure = writing.join();
            proxy.release();
            assertThat(failure.outcome()).isEqualTo(Outcome.MAYBE);
            assertThat(failure.applied()).isNotEmpty().hasSizeLessThan(rows.size());
            List<EntityKey> applied = failure.applied().stream()
                    .map(position -> Drivers.key(position))
                    .toList();
            assertThat(other.read(List.of(new OnlineRead(VIEW, applied, VIEW.features())))
                            .getFirst()
                            .lookups())
                    .containsExactlyElementsOf(failure.applied().stream()
                            .map(position -> found(EVENT, position))
                            .toList());
        } finally {
            emulator.stop();
        }
    }

    private static OnlineStore store(Proxy proxy, Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(
                Map.of("project_id", "test", "instance", "faults", "emulator", "127.0.0.1:" + proxy.port()));
        options.putAll(more);
        return new BigtableOnlineStoreFactory()
                .create(TestBigtable.bind(options), KitContext.withoutArrow("p", Path.of("")));
    }

    private static StoreException readUntilItFails(OnlineStore store) {
        StoreException failure = null;
        while (failure == null) {
            failure = catchThrowableOfType(StoreException.class, () -> read(store, 1));
        }
        return failure;
    }

    /** When one of the first rows is there, the write is under way. */
    private static void awaitStored(OnlineStore store) throws Exception {
        Await.until("one of the first rows is stored", () -> read(store, 100), found(EVENT, 100)::equals);
    }

    /** A client that has just lost its service takes a moment to look again. */
    private static void awaitApplied(OnlineStore store) throws Exception {
        Await.until("the view is applied", () -> {
            try {
                store.update(keep(VIEW));
                return true;
            } catch (StoreException e) {
                if (!e.retryable()) {
                    throw e;
                }
                return false;
            }
        });
    }
}

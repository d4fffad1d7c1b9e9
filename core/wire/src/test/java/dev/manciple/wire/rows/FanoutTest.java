package dev.manciple.wire.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.error.StoreException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FanoutTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.close();
    }

    @Test
    void runsAsManyAtOnceAsItMayAndNoMore() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        Fanout.Outcome<Integer> outcome = new Fanout(threads, 3).forEach(numbers(100), number -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            three.countDown();
            await(three);
            running.decrementAndGet();
        });
        assertThat(outcome.done()).isEqualTo(numbers(100));
        assertThat(outcome.failures()).isEmpty();
        assertThat(most).hasValue(3);
    }

    @Test
    void startsNoMoreAfterAFailureAndTellsWhatIsDone() throws InterruptedException {
        AtomicInteger started = new AtomicInteger();
        Fanout.Outcome<Integer> outcome = new Fanout(threads, 1).forEach(numbers(100), number -> {
            started.incrementAndGet();
            if (number == 10) {
                throw new IllegalStateException("no more");
            }
        });
        // The next may have been handed out while the tenth was failing.
        assertThat(started.get()).isBetween(11, 12);
        assertThat(outcome.done()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).doesNotContain(10);
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("no more"));
    }

    @Test
    void reportsTheLeastCertainFailure() {
        IllegalStateException sure = new IllegalStateException("sure");
        IllegalStateException unsure = new IllegalStateException("unsure");
        StoreException failure = new Fanout.Outcome<>(List.of(), List.of(sure, unsure))
                .failure(cause -> new StoreException(
                        "store",
                        "write",
                        true,
                        cause.equals(sure) ? StoreException.Outcome.NOT_APPLIED : StoreException.Outcome.MAYBE,
                        cause));
        assertThat(failure).hasCause(unsure);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

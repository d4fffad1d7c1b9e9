package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is late is ended, once, and nothing else is. */
@Timeout(30)
class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines("test-deadlines", Duration.ofMillis(1));

    @Test
    void endsWhatIsLateAndLeavesTheRest() throws InterruptedException {
        try (deadlines) {
            // Several rounds, so that the thread falls asleep in between and has to be woken.
            for (int round = 0; round < 200; round++) {
                CountDownLatch ended = new CountDownLatch(1);
                AtomicInteger wrong = new AtomicInteger();
                try (Deadlines.Watch patient =
                                deadlines.watch(System.nanoTime() + TimeUnit.HOURS.toNanos(1), wrong::incrementAndGet);
                        Deadlines.Watch late = deadlines.watch(System.nanoTime(), ended::countDown)) {
                    ended.await();
                    assertThat(late.meet()).isFalse();
                    assertThat(patient.meet()).isTrue();
                }
                assertThat(wrong).hasValue(0);
            }
        }
    }

    @Test
    void nothingIsEndedThatWasMet() throws InterruptedException {
        try (deadlines) {
            AtomicInteger ended = new AtomicInteger();
            for (int round = 0; round < 2_000; round++) {
                Deadlines.Watch watch = deadlines.watch(System.nanoTime() + 50_000, ended::incrementAndGet);
                boolean inTime = watch.meet();
                int before = ended.get();
                assertThat(before).isEqualTo(inTime ? 0 : 1);
                watch.close();
                ended.set(0);
            }
            // A look that began after the last of them has ended one of its own, and none of theirs.
            CountDownLatch looked = new CountDownLatch(1);
            try (Deadlines.Watch last = deadlines.watch(System.nanoTime(), looked::countDown)) {
                looked.await();
                assertThat(last.meet()).isFalse();
            }
            assertThat(ended).hasValue(0);
        }
    }

    @Test
    void anEndThatFailsIsLoggedAndTheOthersGoOn() throws InterruptedException {
        Logger logger = Logger.getLogger(Deadlines.class.getName());
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord told) {
                logged.add(told);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        IllegalStateException failure = new IllegalStateException("cannot be ended");
        try (deadlines) {
            CountDownLatch begun = new CountDownLatch(1);
            try (Deadlines.Watch failing = deadlines.watch(System.nanoTime(), () -> {
                begun.countDown();
                throw failure;
            })) {
                begun.await();
                assertThat(failing.meet()).isFalse();
                CountDownLatch ended = new CountDownLatch(1);
                try (Deadlines.Watch next = deadlines.watch(System.nanoTime(), ended::countDown)) {
                    ended.await();
                    assertThat(next.meet()).isFalse();
                }
            }
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertThat(logged).extracting(LogRecord::getThrown).containsExactly(failure);
    }
}

package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BesideTest {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();

    @AfterEach
    void close() {
        executor.close();
    }

    @Test
    void bothGoOnAtOnce() throws IOException {
        CountDownLatch here = new CountDownLatch(1);

        String given = Beside.run(
                executor,
                () -> {
                    begun.countDown();
                    await(here);
                    ended.set(true);
                },
                () -> {
                    await(begun);
                    here.countDown();
                    return "given";
                });

        assertThat(given).isEqualTo("given");
        assertThat(ended).isTrue();
    }

    @Test
    void aFailureOfTheOtherIsThrown() {
        assertThatThrownBy(() -> Beside.run(
                        executor,
                        () -> {
                            throw new IOException("the rows broke off");
                        },
                        () -> "given"))
                .isInstanceOf(IOException.class)
                .hasMessage("the rows broke off");
    }

    @Test
    void aFailureHereEndsTheOtherFirst() {
        assertThatThrownBy(() -> Beside.run(executor, this::untilInterrupted, () -> {
                    await(begun);
                    throw new IllegalStateException("nothing to describe");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing to describe");
        assertThat(ended).isTrue();
    }

    @Test
    void anInterruptIsPassedOnAndKept() {
        assertThatThrownBy(() -> Beside.run(executor, this::untilInterrupted, () -> {
                    await(begun);
                    Thread.currentThread().interrupt();
                    return "given";
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("interrupted");
        assertThat(ended).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    private void untilInterrupted() throws IOException {
        begun.countDown();
        try {
            never.await();
        } catch (InterruptedException e) {
            ended.set(true);
            throw new IOException("interrupted", e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

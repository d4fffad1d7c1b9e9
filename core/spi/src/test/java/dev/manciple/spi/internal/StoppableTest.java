package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs is interrupted, and nobody else is. */
@Timeout(60)
class StoppableTest {
    private final Stoppable stoppable = new Stoppable();
    private final AtomicBoolean ran = new AtomicBoolean();
    private final AtomicBoolean interrupted = new AtomicBoolean();

    @AfterEach
    void leavesTheThreadAlone() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private boolean look() {
        ran.set(true);
        interrupted.set(Thread.currentThread().isInterrupted());
        return true;
    }

    @Test
    void interruptsWhatRuns() {
        stoppable.run(() -> {
            stoppable.stop();
            look();
        });

        assertThat(interrupted).isTrue();
    }

    @Test
    void interruptsAgainWhoDidNotHearOfIt() {
        stoppable.run(() -> {
            stoppable.stop();
            assertThat(Thread.interrupted()).isTrue();
            stoppable.stop();
            look();
        });

        assertThat(interrupted).isTrue();
    }

    @Test
    void interruptsNobodyAfterTheEnd() {
        assertThat(stoppable.call(this::look)).isTrue();
        stoppable.stop();
        stoppable.stop();

        assertThat(interrupted).isFalse();
    }

    @Test
    void interruptsNobodyAfterAFailure() {
        IllegalStateException own = new IllegalStateException("own");
        assertThatThrownBy(() -> stoppable.call(() -> {
                    throw own;
                }))
                .isSameAs(own);
        stoppable.stop();
    }

    @Test
    void beginsNothingThatWasStopped() {
        stoppable.stop();
        stoppable.run(this::look);
        assertThatThrownBy(() -> stoppable.call(this::look)).isInstanceOf(Stoppable.StoppedException.class);
        stoppable.stop();

        assertThat(ran).isFalse();
    }

    @Test
    void tellsThatWhatFailedWasStopped() {
        IllegalStateException consequence = new IllegalStateException("interrupted");
        assertThatThrownBy(() -> stoppable.call(() -> {
                    stoppable.stop();
                    throw consequence;
                }))
                .isInstanceOf(Stoppable.StoppedException.class)
                .hasCause(consequence);
    }

    @Test
    void givesTheResultOfWhatEndedWellAllTheSame() {
        assertThat(stoppable.call(() -> {
                    stoppable.stop();
                    return look();
                }))
                .isTrue();
        assertThat(interrupted).isTrue();
    }

    /** Each is told to stop while it begins, runs or ends. */
    @Test
    void noInterruptOutlivesTheWork() throws Exception {
        int rounds = 1_000;
        AtomicReference<@Nullable Stoppable> told = new AtomicReference<>();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> stopping = other.submit(() -> {
                for (int round = 0; round < rounds; round++) {
                    Stoppable work = told.get();
                    while (work == null) {
                        Thread.onSpinWait();
                        work = told.get();
                    }
                    work.stop();
                    told.set(null);
                }
            });
            List<Integer> leaked = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                Stoppable work = new Stoppable();
                told.set(work);
                work.run(Thread::onSpinWait);
                while (told.get() != null && !stopping.isDone()) {
                    Thread.onSpinWait();
                }
                if (Thread.interrupted()) {
                    leaked.add(round);
                }
            }
            stopping.get();
            assertThat(leaked).as("rounds whose interrupt outlived them").isEmpty();
        }
    }
}

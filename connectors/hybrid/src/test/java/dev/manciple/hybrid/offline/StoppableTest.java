package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StoppableTest {
    private final Stoppable stoppable = new Stoppable();
    private final AtomicBoolean ran = new AtomicBoolean();

    @Test
    void interruptsWhatRuns() {
        stoppable.run(() -> {
            stoppable.stop();
            ran.set(Thread.currentThread().isInterrupted());
        });

        assertThat(ran).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void interruptsNobodyAfterwards() {
        stoppable.run(() -> ran.set(true));
        stoppable.stop();

        assertThat(ran).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void interruptsNobodyWhoDidNotRunIt() {
        stoppable.stop();
        stoppable.run(() -> ran.set(true));
        stoppable.stop();

        assertThat(ran).isFalse();
        assertThat(Thread.interrupted()).isFalse();
    }
}

package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
    @Test
    void givesWhatWasSeenLast() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        assertThat(Await.until("three looks", looks::incrementAndGet, seen -> seen == 3))
                .isEqualTo(3);
    }

    @Test
    void tellsWhatWasAwaitedAndSeenIfItIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Await.until("the server is up", () -> "down", "up"::equals))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Awaited in vain, 60 seconds at most: the server is up. Last seen: down");
        assertThat(Thread.interrupted()).as("interrupted, still").isFalse();
    }
}

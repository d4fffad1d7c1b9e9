package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.error.StoreException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InterruptsTest {
    /** Would keep the engine busy for hours. */
    private static final String LONG = "SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(10000000) b(i)";

    @Test
    @Timeout(120)
    void anInterruptEndsWhatTheEngineIsDoing() throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                LocalEngine engine = new LocalEngine(allocator)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread asking = Thread.ofVirtual().start(() -> {
                try (ArrowReader rows = engine.query(LONG, Map.of(), allocator)) {
                    rows.loadNextBatch();
                } catch (Exception e) {
                    failure.set(e);
                }
            });
            asking.interrupt();
            asking.join();
            assertThat(failure.get()).isInstanceOf(StoreException.class).hasMessageContaining("interrupted");
        }
    }
}

package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.DerivedReader;
import dev.manciple.error.StoreException;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EngineCallsTest {
    /** Would keep the engine busy for hours. */
    private static final String LONG = "SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(10000000) b(i)";

    /** Virtual threads have as many carriers as there are cores. */
    private static final int MORE_THAN_CARRIERS = 2 * Runtime.getRuntime().availableProcessors() + 1;

    private final BufferAllocator allocator = new RootAllocator();
    private final LocalEngine engine = new LocalEngine(allocator);

    @AfterEach
    void nothingLeaks() {
        engine.close();
        allocator.close();
    }

    @Test
    void anInterruptEndsWhatTheEngineIsDoing() throws Exception {
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

    @Test
    void anInterruptEndsTheWaitForRowsToo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread asking = Thread.ofVirtual().start(() -> {
            try (Scratch scratch = engine.scratch()) {
                load(scratch, "t", () -> {
                    asked.countDown();
                    new CountDownLatch(1).await();
                });
            } catch (Exception e) {
                failure.set(e);
            }
        });
        asked.await();
        asking.interrupt();
        asking.join();
        assertThat(failure.get()).isInstanceOf(StoreException.class).hasMessageContaining("told to stop");
    }

    /** As nested routers load at once what a virtual thread of each child's brings. */
    @Test
    void moreVirtualThreadsThanThereAreCarriersLoadAtOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(MORE_THAN_CARRIERS);
        try (Scratch scratch = engine.scratch();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_CARRIERS; i++) {
                String table = "t" + i;
                loads.add(threads.submit(() -> load(scratch, table, () -> {
                    all.countDown();
                    assertThat(all.await(1, TimeUnit.MINUTES))
                            .as("every load is asked for its rows")
                            .isTrue();
                })));
            }
            for (Future<?> load : loads) {
                load.get();
            }
            for (int i = 0; i < MORE_THAN_CARRIERS; i++) {
                assertThat(scratch.row(
                                Sql.of("SELECT sum({}) AS n FROM {}", Scratch.quote("n"), scratch.table("t" + i))))
                        .containsEntry("n", "7");
            }
        }
    }

    private interface Waiting {
        void await() throws InterruptedException;
    }

    /** Loads one row, after a wait. */
    private void load(Scratch scratch, String table, Waiting waiting) {
        Schema schema = new Schema(List.of(ArrowTypes.arrow("n", Scalar.INT64)));
        ArrowReader row = ArrowRows.reader(allocator, schema, List.of(List.of(new Value.Int(7))), 1);
        try (ArrowReader late = new LateReader(row, allocator, waiting)) {
            scratch.load(table, late, List.of(Scratch.quote("n")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class LateReader extends DerivedReader {
        private final Waiting waiting;

        LateReader(ArrowReader from, BufferAllocator allocator, Waiting waiting) {
            super(from, allocator);
            this.waiting = waiting;
        }

        @Override
        public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
            return from().getVectorSchemaRoot();
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            try {
                waiting.await();
            } catch (InterruptedException e) {
                throw new IOException("told to stop", e);
            }
            return from().loadNextBatch();
        }

        @Override
        protected Schema readSchema() throws IOException {
            return from().getVectorSchemaRoot().getSchema();
        }
    }
}

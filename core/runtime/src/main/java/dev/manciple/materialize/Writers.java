package dev.manciple.materialize;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches of one view while the next is read, at most a fixed number at a time: who hands over one more waits. After the
 * first failure nothing more is written. One thread hands over; closing cancels what is in flight and waits for it to end.
 */
final class Writers implements AutoCloseable {
    private final OnlineStore store;
    private final FeatureView view;
    private final LongConsumer written;
    private final int limit;
    private final Semaphore free;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** @param written hears how many rows each write put in, on the writer's thread */
    Writers(OnlineStore store, FeatureView view, int limit, LongConsumer written) {
        this.store = store;
        this.view = view;
        this.limit = limit;
        this.free = new Semaphore(limit);
        this.written = written;
    }

    /** Hands a batch over. @throws FeatureStoreException the failure of an earlier one */
    void write(List<OnlineRow> rows) throws InterruptedException {
        free.acquire();
        rethrow();
        executor.execute(() -> run(rows));
    }

    /** Returns when the store has acknowledged every batch. @throws FeatureStoreException the first failure */
    void finish() throws InterruptedException {
        free.acquire(limit);
        rethrow();
    }

    private void run(List<OnlineRow> rows) {
        try {
            store.write(view, rows);
            written.accept(rows.size());
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        } finally {
            free.release();
        }
    }

    private void rethrow() {
        Throwable cause = failure.get();
        if (cause instanceof FeatureStoreException known) {
            throw known;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause != null) {
            throw new InternalException(
                    "Writing rows of feature view '%s' failed: %s".formatted(view.name(), cause), cause);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        executor.close();
    }
}

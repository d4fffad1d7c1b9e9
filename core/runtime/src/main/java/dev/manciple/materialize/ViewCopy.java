package dev.manciple.materialize;

import dev.manciple.MaterializeListener;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the newest rows of one view and window. Rows are decoded on the reading thread, because loading a batch reuses the
 * buffers of the last, and written on others; memory is one Arrow batch and the batches in flight.
 */
final class ViewCopy {
    private static final Logger LOG = LoggerFactory.getLogger(ViewCopy.class);

    private final FeatureView view;
    private final Interval window;
    private final OfflineStore offline;
    private final OnlineStore online;
    private final BufferAllocator allocator;
    private final MaterializeLimits limits;
    private final MaterializeListener listener;
    private final AtomicLong written = new AtomicLong();

    ViewCopy(
            FeatureView view,
            Interval window,
            OfflineStore offline,
            OnlineStore online,
            BufferAllocator allocator,
            MaterializeLimits limits,
            MaterializeListener listener) {
        this.view = view;
        this.window = window;
        this.offline = offline;
        this.online = online;
        this.allocator = allocator;
        this.limits = limits;
        this.listener = listener;
    }

    /** Returns when the online store has acknowledged every row. */
    void run() throws InterruptedException {
        listener.started(view.name(), window);
        try (ArrowReader rows =
                        offline.pullLatest(PulledRows.request(view, window)).open(allocator);
                Writers writers = new Writers(online, view, limits.writersPerView(), this::acknowledged)) {
            copy(rows, writers);
        } catch (IOException e) {
            throw PulledRows.unreadable(view, e);
        }
    }

    /** Rows acknowledged so far; of a copy that failed, those before. */
    long written() {
        return written.get();
    }

    private void copy(ArrowReader rows, Writers writers) throws IOException, InterruptedException {
        RowDecoder decoder = RowDecoder.ofPull(view, rows);
        VectorSchemaRoot root = rows.getVectorSchemaRoot();
        List<OnlineRow> batch = new ArrayList<>(limits.batchSize());
        long withoutKey = 0;
        while (rows.loadNextBatch()) {
            for (int row = 0; row < root.getRowCount(); row++) {
                Optional<OnlineRow> decoded = decoder.decode(row);
                if (decoded.isEmpty()) {
                    withoutKey++;
                    continue;
                }
                batch.add(decoded.get());
                if (batch.size() == limits.batchSize()) {
                    writers.write(batch);
                    batch = new ArrayList<>(limits.batchSize());
                }
            }
        }
        if (!batch.isEmpty()) {
            writers.write(batch);
        }
        writers.finish();
        if (withoutKey > 0) {
            LOG.warn(
                    "Left out {} rows of feature view '{}' whose join key is null: they could never be read",
                    withoutKey,
                    view.name());
        }
    }

    private void acknowledged(long rows) {
        written.addAndGet(rows);
        listener.written(view.name(), rows);
    }
}

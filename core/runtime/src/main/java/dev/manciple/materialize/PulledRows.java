package dev.manciple.materialize;

import dev.manciple.error.InternalException;
import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.PullRequest;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** The newest row per key in the history of a view, as a materialization writes it. Thread-safe. */
public final class PulledRows {
    private final OfflineStore offline;
    private final BufferAllocator allocator;

    /** @param allocator owns the batch that is read; not closed */
    public PulledRows(OfflineStore offline, BufferAllocator allocator) {
        this.offline = offline;
        this.allocator = allocator;
    }

    /** Gives every row to {@code sink}, one batch of the source in memory at a time; rows with a null key are left out. */
    public void forEach(FeatureView view, Interval window, Consumer<OnlineRow> sink) {
        try (ArrowReader rows = offline.pullLatest(request(view, window)).open(allocator)) {
            RowDecoder decoder = RowDecoder.ofPull(view, rows);
            VectorSchemaRoot root = rows.getVectorSchemaRoot();
            while (rows.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    decoder.decode(row).ifPresent(sink);
                }
            }
        } catch (IOException e) {
            throw unreadable(view, e);
        }
    }

    static StoreException unreadable(FeatureView view, IOException cause) {
        return new StoreException(
                "The offline store",
                "read rows of feature view '%s'".formatted(view.name()),
                false,
                StoreException.Outcome.NOT_APPLIED,
                cause);
    }

    static PullRequest request(FeatureView view, Interval window) {
        List<String> joinKeys = view.joinKeys();
        List<Field> features = view.features().stream()
                .filter(feature -> !joinKeys.contains(feature.name()))
                .toList();
        return new PullRequest(
                view.batchSource()
                        .orElseThrow(() -> new InternalException(
                                "Feature view '%s' has nothing to be materialized from".formatted(view.name()))),
                view.entityColumns(),
                features,
                window.start(),
                window.end());
    }
}

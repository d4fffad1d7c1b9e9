package dev.manciple.materialize;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.wire.VectorLengths;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Writes the rows of a reader to one view, a batch whenever the reader has loaded one. After a failure it takes no more. */
final class OnlineSink {
    private final FeatureView view;
    private final OnlineStore store;
    private final int batchSize;
    private Optional<RowDecoder> decoder = Optional.empty();
    private Optional<FeatureStoreException> failure = Optional.empty();
    private long written;
    private long seen;

    OnlineSink(FeatureView view, OnlineStore store, int batchSize) {
        this.view = view;
        this.store = store;
        this.batchSize = batchSize;
    }

    /** Looks at the columns; a reader without the view's fails the sink. */
    void begin(ArrowReader rows) throws IOException {
        try {
            decoder = Optional.of(RowDecoder.ofRows(view, rows));
        } catch (FeatureStoreException e) {
            failure = Optional.of(e);
        }
    }

    /** Writes the rows the reader holds now; none of them if one cannot be read. */
    void accept(int rows) {
        if (failure.isPresent()) {
            return;
        }
        try {
            List<OnlineRow> decoded = decode(decoder.orElseThrow(), rows);
            if (store.capabilities().contains(OnlineCapability.VECTOR_SEARCH)) {
                // The store would find out too, after some of them are written.
                VectorLengths.require(view, decoded);
            }
            for (int from = 0; from < rows; from += batchSize) {
                List<OnlineRow> batch = decoded.subList(from, Math.min(from + batchSize, rows));
                store.write(view, batch);
                written += batch.size();
            }
        } catch (FeatureStoreException e) {
            failure = Optional.of(e);
        }
    }

    private List<OnlineRow> decode(RowDecoder columns, int rows) {
        List<OnlineRow> decoded = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            long number = seen + row + 1;
            decoded.add(columns.decode(row)
                    .orElseThrow(() ->
                            new InvalidRequestException("Row %d has a null join key; feature view '%s' is keyed by %s"
                                    .formatted(number, view.name(), String.join(", ", view.joinKeys())))));
        }
        seen += rows;
        return decoded;
    }

    FeatureView view() {
        return view;
    }

    long written() {
        return written;
    }

    Optional<FeatureStoreException> failure() {
        return failure;
    }
}

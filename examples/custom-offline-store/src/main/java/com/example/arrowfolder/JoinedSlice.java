package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnCopier;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.TimeReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A view with its history, and the features asked of it. */
record JoinedSlice(ViewSlice slice, History history) implements AutoCloseable {
    /**
     * The join with entity rows, whose batches come and go.
     *
     * @param features the columns of the result that are this view's
     */
    Join join(ArrowReader spine, String timeColumn, List<FieldVector> features) throws IOException {
        VectorSchemaRoot batch = spine.getVectorSchemaRoot();
        List<ColumnReader> keys = slice.view().entityColumns().stream()
                .map(key -> ArrowValues.reader(column(batch, slice.spineColumn(key.name())), key.type(), spine))
                .toList();
        Duration ttl = slice.view().ttl();
        return new Join(
                history,
                keys,
                ArrowValues.times(column(batch, timeColumn), spine),
                ttl.isZero() ? Timeline.UNBOUNDED : TimeUnit.MICROSECONDS.convert(ttl),
                features,
                history.copier(features));
    }

    private static FieldVector column(VectorSchemaRoot batch, String name) {
        FieldVector vector = batch.getVector(name);
        if (vector == null) {
            throw new InvalidRequestException("The entity rows have no column '%s'".formatted(name));
        }
        return vector;
    }

    record Join(
            History history,
            List<ColumnReader> keys,
            TimeReader times,
            long ttl,
            List<FieldVector> features,
            ColumnCopier copier) {
        /** Fills in the features of the first rows. */
        void fill(int rows) {
            for (int row = 0; row < rows; row++) {
                int found = history.newest(keys, row, times.read(row), ttl);
                if (found == Timeline.NONE) {
                    for (FieldVector feature : features) {
                        feature.setNull(row);
                    }
                } else {
                    copier.copy(found, row);
                }
            }
        }
    }

    @Override
    public void close() {
        history.close();
    }
}

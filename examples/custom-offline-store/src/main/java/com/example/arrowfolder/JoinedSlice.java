package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A view with its history, and the features asked of it. */
record JoinedSlice(ViewSlice slice, History history) implements AutoCloseable {
    /** What looks up the rows of a spine, whose batches come and go under the readers of its columns. */
    Lookup over(ArrowReader spine, VectorSchemaRoot batch, String timeColumn) {
        List<ColumnReader> keys = slice.view().entityColumns().stream()
                .map(key -> reader(spine, batch, slice.spineColumn(key.name()), key.type()))
                .toList();
        return new Lookup(this, keys, reader(spine, batch, timeColumn, ValueType.Scalar.UNIX_TIMESTAMP));
    }

    private static ColumnReader reader(ArrowReader spine, VectorSchemaRoot batch, String column, ValueType type) {
        FieldVector vector = batch.getVector(column);
        if (vector == null) {
            throw new InvalidRequestException("The entity rows have no column '%s'".formatted(column));
        }
        return ArrowValues.reader(vector, type, spine);
    }

    /** Finds the row of history for a row of the spine. */
    record Lookup(JoinedSlice of, List<ColumnReader> keys, ColumnReader times) {
        /** A null key or time matches nothing. */
        Optional<History.Row> at(int row) {
            List<Value> key = keys.stream().map(column -> column.read(row)).toList();
            return !key.contains(Value.Null.NULL) && times.read(row) instanceof Value.Time(Instant time)
                    ? of.history.newest(key, time, of.slice.view().ttl())
                    : Optional.empty();
        }
    }

    @Override
    public void close() {
        history.close();
    }
}

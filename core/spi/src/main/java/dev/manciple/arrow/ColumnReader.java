package dev.manciple.arrow;

import dev.manciple.spi.Value;

/**
 * Reads the values of one column. Made once per column by {@link ArrowValues#reader}, then asked for every row, so that the
 * types are looked at once and not per value. It reads what the vector holds at the time of the call: the reader of a
 * {@code VectorSchemaRoot}'s column stays good while batches are loaded into that root. Not thread-safe where the vector is
 * being loaded.
 */
@FunctionalInterface
public interface ColumnReader {
    /**
     * The value of one row; a null is {@link Value.Null}.
     *
     * @throws dev.manciple.error.InvalidRequestException naming the column and the value if it does not fit the type
     */
    Value read(int index);
}

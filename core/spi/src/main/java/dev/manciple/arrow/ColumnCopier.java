package dev.manciple.arrow;

/**
 * Copies values of one column into another. Made once per pair of columns by {@link ArrowValues#copier}, then asked for every row; it
 * reads and writes what the two vectors hold at the time of the call.
 */
@FunctionalInterface
public interface ColumnCopier {
    /**
     * Copies one value, growing the vector it goes to where needed. Rows of text, lists and maps are set in rising order. The caller
     * sets that vector's value count when it is done.
     *
     * @throws dev.manciple.error.InvalidRequestException naming the column and the value if it does not fit
     */
    void copy(int from, int to);
}

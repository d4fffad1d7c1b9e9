package dev.manciple.postgres;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entity rows on their way into the tables of two connections, a block to each by turns, so that the rows that come back need only
 * take turns to be in order. The second connection is looked for when there is a second block; where none is found, all rows go to the
 * first.
 */
final class PartedWriter implements AutoCloseable {
    /** For fewer rows another connection is not worth its while. */
    static final int BLOCK = 16_384;

    private final CopyWriter first;
    private final Supplier<Optional<CopyWriter>> opening;
    private @Nullable CopyWriter second;
    private long rows;

    /**
     * @param first closed with this one
     * @param opening finds the second, which is closed with this one too
     */
    PartedWriter(CopyWriter first, Supplier<Optional<CopyWriter>> opening) {
        this.first = first;
        this.opening = opening;
    }

    /** The rows that are in the columns' vectors now. */
    void write(List<ColumnEncoder> columns, int count) {
        int from = 0;
        while (from < count) {
            int to = (int) Math.min(count, from + BLOCK - rows % BLOCK);
            writer().write(columns, from, to);
            rows += to - from;
            from = to;
        }
    }

    private CopyWriter writer() {
        if (rows == BLOCK) {
            second = opening.get().orElse(null);
        }
        CopyWriter other = second;
        return other == null || rows / BLOCK % 2 == 0 ? first : other;
    }

    void finish() {
        first.finish();
        CopyWriter other = second;
        if (other != null) {
            other.finish();
        }
    }

    @Override
    public void close() {
        try (first) {
            CopyWriter other = second;
            if (other != null) {
                other.close();
            }
        }
    }
}

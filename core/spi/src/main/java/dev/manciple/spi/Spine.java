package dev.manciple.spi;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The entity rows of a historical request. */
public sealed interface Spine {
    /** The prefix of column names Manciple keeps for itself. */
    String RESERVED_PREFIX = "__";

    /**
     * The column a router numbers entity rows with, which children hand back like any other; with a number appended where the
     * rows already have one.
     */
    String ROW_ID = "__row_id";

    /**
     * Whether entity rows must not have a column of this name. What pandas calls an index that has no name is no danger, and
     * stands in many a file; a router's row id is an ordinary column to a store.
     */
    static boolean isReserved(String column) {
        return column.startsWith(RESERVED_PREFIX) && !column.matches("__index_level_\\d+__|" + ROW_ID + "\\d*");
    }

    /**
     * Rows the caller has.
     *
     * @param reader may be called more than once, from any thread; each reader is closed by whoever asked for it
     * @param file a local Parquet, CSV or Arrow file that holds exactly these rows in this order, for a store that would
     *     rather read it itself
     */
    record Rows(Schema schema, String timeColumn, Supplier<ArrowReader> reader, Optional<Path> file) implements Spine {
        public Rows(Schema schema, String timeColumn, Supplier<ArrowReader> reader) {
            this(schema, timeColumn, reader, Optional.empty());
        }
    }

    /** SQL in the store's own dialect; needs QUERY_SPINE. */
    record Query(String sql, String timeColumn) implements Spine {}

    /**
     * No entity rows: the distinct (join keys, event time) pairs of all views asked for with event time in [start, end],
     * joined by the same rule, values from before the window included. A row with a null among its keys gives no pair. Keys a
     * view lacks are null in its pairs. A view without keys gives pairs only where all views asked for are such: beside views
     * with keys, its times would be rows about nobody. The output has the join keys, then {@code event_timestamp}, then the
     * features. Needs RANGE_SPINE.
     */
    record Range(Instant start, Instant end) implements Spine {}
}

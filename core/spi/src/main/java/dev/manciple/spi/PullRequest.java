package dev.manciple.spi;

import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows of one source in a window of event time. Names are the view's; the store maps them through the source's field mapping
 * and returns them as asked: the join keys, the features, then the event time and, where the source has it, the created time,
 * the last two under the names {@link #EVENT_TIME} and {@link #CREATED_TIME}, whatever the source calls them.
 *
 * @param joinKeys empty for a view of global values, whose latest row is a single one
 * @param start inclusive
 * @param end inclusive
 * @param keys the only keys whose rows are of use; rows of others may come too, so that a store need not look
 */
public record PullRequest(
        DataSource.Batch source,
        List<Field> joinKeys,
        List<Field> features,
        Instant start,
        Instant end,
        Optional<Keys> keys) {
    public static final String EVENT_TIME = "__event_timestamp";
    public static final String CREATED_TIME = "__created_timestamp";

    public PullRequest {
        joinKeys = List.copyOf(joinKeys);
        features = List.copyOf(features);
    }

    /** The rows of all keys. */
    public PullRequest(
            DataSource.Batch source, List<Field> joinKeys, List<Field> features, Instant start, Instant end) {
        this(source, joinKeys, features, start, end, Optional.empty());
    }

    /**
     * Combinations of join keys, each once.
     *
     * @param schema a column per join key, in their order, of types that compare with theirs
     * @param count about how many there are
     * @param reader gives them, each time anew; the caller closes what it gives
     */
    public record Keys(Schema schema, long count, Supplier<ArrowReader> reader) {}
}

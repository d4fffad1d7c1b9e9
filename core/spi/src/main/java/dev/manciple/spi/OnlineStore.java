package dev.manciple.spi;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Keeps the newest values per key for reads in milliseconds. Implementations are thread-safe. */
public interface OnlineStore extends AutoCloseable {
    Set<OnlineCapability> capabilities();

    /**
     * Reads several views in one call, so that a store can pipeline. Results are in request order; within one, lookups are in
     * key order, duplicates included. A missing row is a value, not an error. Expired rows are returned; who calls judges age.
     */
    List<OnlineResult> read(List<OnlineRead> reads);

    /**
     * Upserts; idempotent. The newest row of a key wins, in the batch and against what is stored: greater event time, then
     * greater created time, a missing one losing; an equal row replaces. Times compare at {@link #timePrecision}, created
     * times where the layout stores them (KEEPS_CREATED). Under concurrent writers the rule holds if NEWEST_WINS is declared.
     * A failure carries which rows of the batch are known to be stored ({@code StoreException.applied}). Stores with VECTOR_SEARCH
     * refuse a batch, and store nothing of it, that has a vector of another length than its feature is defined with
     * ({@code vector_index} and a {@code vector_length} above zero); null is no vector.
     */
    void write(FeatureView view, List<OnlineRow> rows);

    /** What {@link #update} would create, change and drop; touches nothing. */
    List<InfraChange> plan(ViewChanges changes);

    /** Creates and drops what the views need. Re-running it changes nothing. */
    void update(ViewChanges changes);

    /** Removes everything these views of this project have in the store, and nothing of another's. */
    void teardown(List<FeatureView> views);

    /** Deletes the rows of a view whose event time is before {@code limit}; returns how many. */
    default long purge(FeatureView view, Instant limit) {
        throw new UnsupportedException(OnlineCapability.DELETE_ROWS.name(), "deleting expired rows");
    }

    /** Every row of a view, in no order; closing the stream frees it. Layouts that keep only a hash of the key cannot. */
    default Stream<OnlineRow> scan(FeatureView view) {
        throw new UnsupportedException(OnlineCapability.SCAN.name(), "reading all rows of a view");
    }

    /**
     * How many rows a view has. Layouts that cannot {@link #scan} may still be able to count.
     *
     * @throws UnsupportedException if the store can do neither
     */
    default long count(FeatureView view) {
        try (Stream<OnlineRow> rows = scan(view)) {
            return rows.count();
        }
    }

    /**
     * The rows nearest to a vector, nearest first; of those as near as each other the one first whose key, as Feast encodes it, is
     * smaller byte for byte, unsigned.
     *
     * <p>Looks only among rows that have a vector to compare: as long as the query's, not empty, of numbers that are finite as
     * 32-bit floats, and not older than {@code freshFrom}. No stored row makes a search fail, and none that is left out takes the
     * place of another.
     */
    default List<Neighbor> search(VectorQuery query) {
        throw new UnsupportedException(OnlineCapability.VECTOR_SEARCH.name(), "vector search");
    }

    /** The finest step of event time the layout keeps; the kit rounds to it. */
    default ChronoUnit timePrecision() {
        return ChronoUnit.MICROS;
    }

    /** How a router spreads views over its children; empty for a store that keeps rows itself. */
    default Optional<Routes> routes() {
        return Optional.empty();
    }

    @Override
    void close();
}

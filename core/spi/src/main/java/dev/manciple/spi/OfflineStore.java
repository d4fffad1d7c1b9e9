package dev.manciple.spi;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads feature history. Implementations are thread-safe and hold at most a connection pool. No method that returns a job
 * touches data; the job does, each time it is opened.
 */
public interface OfflineStore extends AutoCloseable {
    Set<OfflineCapability> capabilities();

    /**
     * Joins the spine with each view as of each row's event time: of the source rows with the row's keys and an event time
     * at or before the row's, and not older than the view's TTL (inclusive; zero is unbounded), the newest; of several with
     * that event time the one created last, a missing created time losing to any; of several equal in both, one, whole.
     *
     * <p>The result has exactly one row per spine row, duplicates included, and every spine column unchanged, followed by
     * the features in request order, nulls where nothing matches. A null key or time matches nothing. Rows come in the
     * spine's order if {@code options.ordered()}, which is the default and what users get; a router that sorts anyway asks
     * its children for any order. Query and Range spines have no order to keep.
     */
    RetrievalJob historicalFeatures(HistoricalRequest request);

    /** The newest row per join key with event time in [start, end], both inclusive as in Feast; feeds materialization. */
    RetrievalJob pullLatest(PullRequest request);

    /** Every row with event time in [start, end], both inclusive; where keys are asked for, at least every row of those. */
    RetrievalJob pullAll(PullRequest request);

    /** The source's columns as the store sees them, by the source's own names; also the source's validation. */
    Schema describe(DataSource.Batch source);

    /**
     * Appends rows to the batch source of a view, all or none. Columns carry the view's names; the store maps them back
     * through the source's field mapping. The store reads {@code rows} but does not close it.
     */
    default void write(FeatureView view, ArrowReader rows) {
        throw new UnsupportedException(OfflineCapability.WRITE.name(), "offline writes");
    }

    /**
     * Fails as {@link #write} would for rows of these columns, in the same words, and writes nothing: for rows that are taken now and
     * written later. A store without {@link OfflineCapability#CHECK_WRITE} says nothing, and leaves it to the write.
     */
    default void checkWrite(FeatureView view, Schema columns) {
        if (!capabilities().contains(OfflineCapability.WRITE)) {
            throw new UnsupportedException(OfflineCapability.WRITE.name(), "offline writes");
        }
    }

    /** Appends logs of served features to {@code sink}, creating it with their schema where it does not exist. Does not close. */
    default void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
        throw new UnsupportedException(OfflineCapability.WRITE_LOGS.name(), "feature logs");
    }

    /**
     * Looks at definitions that are to be served together: those of a plan, and those of a registry before the first request.
     * Touches no data, and must not connect: it is asked in every process that opens a repository.
     */
    default OfflineReview review(Collection<FeatureView> views, Collection<FeatureService> services) {
        return OfflineReview.NOTHING_TO_SAY;
    }

    /** The finest step of time the store keeps; the kit rounds to it. */
    default ChronoUnit timePrecision() {
        return ChronoUnit.MICROS;
    }

    /** Frees the connections. Jobs still open fail. */
    @Override
    void close();
}

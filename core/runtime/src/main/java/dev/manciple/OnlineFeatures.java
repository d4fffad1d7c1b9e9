package dev.manciple;

import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Columnar: one inner list per name, one element per entity row: first the entity columns asked with, then the features in
 * request order. Event times are the epoch where nothing was found, as in Feast.
 *
 * @param types the declared type of each name, which the values are of
 * @param origins for each name, where its values come from; empty for columns of the request and what is computed
 * @param failures the stores of a router that did not answer, and on demand views that cannot be computed here, whose features are
 *     therefore {@code INVALID}; for logs, metrics and answers that were asked for details
 */
public record OnlineFeatures(
        List<String> names,
        List<ValueType> types,
        List<List<Value>> values,
        List<List<FieldStatus>> statuses,
        List<List<Instant>> eventTimes,
        List<Optional<Origin>> origins,
        List<Failure> failures) {

    /**
     * Where a feature is kept.
     *
     * @param store the name of the child of a router, else the type of the online store
     * @param ttl after which values are past their age; zero for never
     */
    public record Origin(String view, String store, Duration ttl) {}

    /**
     * A view whose features are not told.
     *
     * @param store which did not answer, {@link #TRANSFORMATION} for what computes an on demand view; empty for one that cannot be
     *     computed here
     */
    public record Failure(String view, String store, String reason) {
        /** In the place of a store: what computes on demand views. */
        public static final String TRANSFORMATION = "transformation";
    }
}

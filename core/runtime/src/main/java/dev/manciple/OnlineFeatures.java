package dev.manciple;

import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.List;

/**
 * Columnar: one inner list per name, one element per entity row: first the entity columns asked with, then the features in
 * request order. Event times are the epoch where nothing was found, as in Feast.
 *
 * @param types the declared type of each name, which the values are of
 * @param failures the stores of a router that did not answer, whose features are therefore {@code INVALID}; for logs, metrics and
 *     answers that were asked for details
 */
public record OnlineFeatures(
        List<String> names,
        List<ValueType> types,
        List<List<Value>> values,
        List<List<FieldStatus>> statuses,
        List<List<Instant>> eventTimes,
        List<Failure> failures) {

    /** A view whose store did not answer. */
    public record Failure(String view, String store, String reason) {}
}

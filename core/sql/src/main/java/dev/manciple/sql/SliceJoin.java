package dev.manciple.sql;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One view of a point-in-time join, every name resolved.
 *
 * @param view the view's name in the output, for messages and plans
 * @param keys empty for a view of global values
 * @param ttl in microseconds; empty when values never expire
 * @param notKnownYet whether rows created after the spine row's time are left out
 * @param features the source's columns, in output order
 */
public record SliceJoin(
        String view,
        Relation source,
        List<Key> keys,
        Column event,
        Optional<Column> created,
        OptionalLong ttl,
        boolean notKnownYet,
        List<Column> features) {
    public SliceJoin {
        keys = List.copyOf(keys);
        features = List.copyOf(features);
    }

    /** A pair of columns that must be equal; null equals nothing. */
    public record Key(Column spine, Column source) {}

    /** Whether rows are cut by their created time, which only matters where the source has one. */
    public boolean filtersByCreated() {
        return notKnownYet && created.isPresent();
    }
}

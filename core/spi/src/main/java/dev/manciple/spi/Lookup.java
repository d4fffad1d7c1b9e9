package dev.manciple.spi;

import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** What a store knows about one key of one view. */
public sealed interface Lookup {
    /**
     * A row.
     *
     * @param values one per feature asked for, in that order
     * @param eventTimes one per value: the feature's own where the layout keeps one for each, else the row's. It is the same
     *     whatever other features are asked for; beside a missing value it means nothing
     */
    record Found(List<Value> values, List<Instant> eventTimes) implements Lookup {
        public Found {
            values = List.copyOf(values);
            eventTimes = List.copyOf(eventTimes);
            if (values.size() != eventTimes.size()) {
                throw new IllegalArgumentException(
                        "%d values have %d event times".formatted(values.size(), eventTimes.size()));
            }
        }

        /** A row of a layout that keeps one time for all its features. */
        public Found(List<Value> values, Instant eventTime) {
            this(values, Collections.nCopies(values.size(), eventTime));
        }
    }

    /** The store has no row for the key. */
    enum Absent implements Lookup {
        ABSENT
    }

    /** The store behind this view did not answer; only a router under its partial policy returns it, others throw. */
    record Failed(String store, String reason) implements Lookup {}
}

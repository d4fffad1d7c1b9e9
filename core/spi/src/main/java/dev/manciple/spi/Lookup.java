package dev.manciple.spi;

import java.time.Instant;
import java.util.List;

/** What a store knows about one key of one view. */
public sealed interface Lookup {
    /** @param values one per feature asked for, in that order */
    record Found(List<Value> values, Instant eventTime) implements Lookup {
        public Found {
            values = List.copyOf(values);
        }
    }

    /** The store has no row for the key. */
    enum Absent implements Lookup {
        ABSENT
    }

    /** The store behind this view did not answer; only a router under its partial policy returns it, others throw. */
    record Failed(String store, String reason) implements Lookup {}
}

package dev.manciple.spi;

import java.time.Duration;
import java.time.Instant;

/** What the caller is told about one feature of one row; Feast's names and numbers, in Feast's order. */
public enum FieldStatus {
    INVALID,
    PRESENT,
    NULL_VALUE,
    NOT_FOUND,
    OUTSIDE_MAX_AGE;

    /**
     * Judges one feature.
     *
     * @param feature the feature's position in the read
     * @param freshFrom the earliest event time that is still good, see {@link #freshFrom(Duration, Instant)}
     */
    public static FieldStatus of(Lookup lookup, int feature, Instant freshFrom) {
        return switch (lookup) {
            case Lookup.Absent absent -> NOT_FOUND;
            case Lookup.Failed failed -> INVALID;
            case Lookup.Found found ->
                of(found.values().get(feature), found.eventTimes().get(feature), freshFrom);
        };
    }

    /**
     * The earliest event time that is still good: a value exactly as old as it may be.
     *
     * @param ttl the view's; zero never expires
     */
    public static Instant freshFrom(Duration ttl, Instant now) {
        if (ttl.isZero()) {
            return Instant.MIN;
        }
        // As long as all of time, and longer: nothing expires.
        return ttl.compareTo(Duration.between(Instant.MIN, now)) >= 0 ? Instant.MIN : now.minus(ttl);
    }

    private static FieldStatus of(Value value, Instant eventTime, Instant freshFrom) {
        if (value instanceof Value.Corrupt) {
            return INVALID;
        }
        if (value == Value.Missing.MISSING) {
            return NOT_FOUND;
        }
        if (eventTime.isBefore(freshFrom)) {
            return OUTSIDE_MAX_AGE;
        }
        return value == Value.Null.NULL ? NULL_VALUE : PRESENT;
    }
}

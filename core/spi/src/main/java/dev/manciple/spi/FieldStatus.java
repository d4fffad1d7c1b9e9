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
     * @param ttl the view's; zero never expires; a value exactly that old is still good
     */
    public static FieldStatus of(Lookup lookup, int feature, Duration ttl, Instant now) {
        return switch (lookup) {
            case Lookup.Absent absent -> NOT_FOUND;
            case Lookup.Failed failed -> INVALID;
            case Lookup.Found found ->
                of(found.values().get(feature), found.eventTimes().get(feature), ttl, now);
        };
    }

    private static FieldStatus of(Value value, Instant eventTime, Duration ttl, Instant now) {
        if (value instanceof Value.Corrupt) {
            return INVALID;
        }
        if (value == Value.Missing.MISSING) {
            return NOT_FOUND;
        }
        if (!ttl.isZero() && eventTime.plus(ttl).isBefore(now)) {
            return OUTSIDE_MAX_AGE;
        }
        return value == Value.Null.NULL ? NULL_VALUE : PRESENT;
    }
}

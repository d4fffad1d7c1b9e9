package dev.manciple.repo;

/** Whose rules online answers follow where Manciple's differ from those of Feast's Python server. */
public enum Compatibility {
    /** A value past its view's TTL is {@code OUTSIDE_MAX_AGE}, a stored null is {@code NULL_VALUE}. */
    MANCIPLE,
    /** Ages are not judged, and a stored null is {@code PRESENT}. */
    FEAST
}

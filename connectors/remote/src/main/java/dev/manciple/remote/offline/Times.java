package dev.manciple.remote.offline;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as Python reads them. */
final class Times {
    /** The borders of Python's times. */
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

    private Times() {}

    /** ISO 8601 with microseconds and the offset of UTC; a time beyond what Python knows is the first or last it does. */
    static String iso(Instant time) {
        return ISO.format(time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time);
    }
}

package dev.manciple.spi;

import java.time.Instant;

/** A window of event time, inclusive at both ends. */
public record Interval(Instant start, Instant end) {
    public Interval {
        if (start.isAfter(end)) {
            throw new IllegalArgumentException("The interval starts at %s, after its end %s".formatted(start, end));
        }
    }
}

package dev.manciple.spi;

import java.util.List;

/** One lookup per key of the read, in key order. */
public record OnlineResult(List<Lookup> lookups) {
    public OnlineResult {
        lookups = List.copyOf(lookups);
    }
}

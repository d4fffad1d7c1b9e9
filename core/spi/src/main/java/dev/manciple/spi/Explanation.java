package dev.manciple.spi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a job will do.
 *
 * @param store who does it
 * @param plan for people, one step a line
 * @param estimatedBytes what the engine expects to read, where it can tell
 * @param parts what children will do, under a router
 */
public record Explanation(
        String store, String plan, Optional<String> sql, OptionalLong estimatedBytes, List<Explanation> parts) {
    public Explanation {
        parts = List.copyOf(parts);
    }
}

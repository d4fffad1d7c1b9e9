package dev.manciple.hybrid.offline;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * How long a store may take over its part of a request.
 *
 * @param executor where the store works while it is waited for
 */
record Deadline(Executor executor, Duration length) {
    /** For people. */
    String describe() {
        return "no answer within %s (child_deadline)"
                .formatted(length.toString().substring(2).toLowerCase(java.util.Locale.ROOT));
    }
}

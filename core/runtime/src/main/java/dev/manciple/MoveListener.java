package dev.manciple;

import java.time.Instant;

/** Hears how a move goes on, on the moving thread. */
public interface MoveListener {
    MoveListener SILENT = new MoveListener() {};

    /**
     * A step begins.
     *
     * @param sentence for people
     */
    default void step(String sentence) {}

    /** Nothing happens until then, so that every other process learns of the last step. */
    default void waiting(Instant until) {}

    /** So many more rows are in the new store. */
    default void copied(long rows) {}
}

package dev.manciple.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A view on its way from one child of a router to another, as its registered definition tells every process. Until it ends
 * both children may hold rows of the view.
 *
 * @param since when the phase began, in whole milliseconds: processes that read the registry before it still act by the phase
 *     before
 */
public record ViewMove(String from, String to, Phase phase, Instant since) {
    public ViewMove {
        since = since.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Who reads and writes where, in the order of a move; only {@link #ROLLING_BACK} ends one otherwise. */
    public enum Phase {
        /** Writes go to both children, reads to the old one. */
        COPYING,
        /** Writes go to both children, reads to the new one: the way back is still open. */
        CUT_OVER,
        /** The new child serves alone; the old one is being cleared. */
        FINISHING,
        /** The old child serves alone; the new one is being cleared. */
        ROLLING_BACK
    }

    /** The child that is read. */
    public String reading() {
        return switch (phase) {
            case COPYING, ROLLING_BACK -> from;
            case CUT_OVER, FINISHING -> to;
        };
    }

    /** The child that is not read. */
    public String other() {
        return reading().equals(from) ? to : from;
    }

    /** Whether a write has to reach both children. */
    public boolean writesBoth() {
        return switch (phase) {
            case COPYING, CUT_OVER -> true;
            case FINISHING, ROLLING_BACK -> false;
        };
    }

    /** The same move, one phase on. */
    public ViewMove enter(Phase next, Instant now) {
        return new ViewMove(from, to, next, now);
    }
}

package dev.manciple;

import dev.manciple.spi.ViewMove;
import java.time.Duration;
import java.util.Optional;

/**
 * What a move did.
 *
 * @param state the move as it stands now; empty if it is over
 * @param copied rows copied by this run
 * @param verified keys whose values were compared by this run
 * @param lost rows that could not be copied, or of which a value could not
 */
public record MoveReport(
        String view,
        String from,
        String to,
        Optional<ViewMove> state,
        long copied,
        long verified,
        long lost,
        Duration took) {}

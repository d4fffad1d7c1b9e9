package dev.manciple;

import dev.manciple.spi.InfraChange;
import dev.manciple.spi.ViewMove;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a move would do.
 *
 * @param underWay the move the view is in already, which would be gone on with
 * @param scans whether the old store can be read row by row; else rows are found by the keys of the view's history
 * @param rows how many rows the old store holds; empty if it cannot say
 * @param infrastructure what the new store creates
 * @param settle how long each change of roles waits until other processes know of it; empty if they never read the registry again
 */
public record MovePlan(
        String view,
        String from,
        String to,
        Optional<ViewMove> underWay,
        boolean scans,
        OptionalLong rows,
        List<InfraChange> infrastructure,
        Optional<Duration> settle) {}

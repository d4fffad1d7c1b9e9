package dev.manciple.materialize;

import dev.manciple.error.ConflictException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.move.Places;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Records finished windows in the registry, whoever else writes to it meanwhile. */
final class IntervalLog {
    /** Losing this often in a row means something else than other writers. */
    private static final int MAX_ATTEMPTS = 50;

    private final Registry registry;
    private final String project;
    private final Places places;
    /** Views of this process need not make each other retry. */
    private final ReentrantLock lock = new ReentrantLock();

    /** @param places where the online store keeps views */
    IntervalLog(Registry registry, String project, Places places) {
        this.registry = registry;
        this.project = project;
        this.places = places;
    }

    RegistrySnapshot snapshot() {
        return registry.load(project, Optional.empty());
    }

    /**
     * Records that the rows of a window are in the online store.
     *
     * @param written the view as it was when the rows were written
     * @throws ConflictException if the view began or ended a move since, so that a store that should have the rows may lack them
     */
    void record(FeatureView written, Interval window) {
        String view = written.name();
        lock.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                RegistrySnapshot current = snapshot();
                if (current.view(view).isEmpty()) {
                    throw new NotFoundException(
                            "Feature view", view, "It was removed from the registry while it was materialized.");
                }
                requireSamePlaces(written, current);
                try {
                    registry.commit(current, List.of(new RegistryChange.Materialized(view, window)));
                    return;
                } catch (ConflictException e) {
                    if (attempt == MAX_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireSamePlaces(FeatureView written, RegistrySnapshot current) {
        if (current.view(written.name()).orElse(null) instanceof FeatureView now && !places.sameWriters(written, now)) {
            throw new ConflictException(
                    "Feature view '%s' began or ended a move between online stores while it was materialized, so one of them may lack rows; materialize the same window again"
                            .formatted(written.name()));
        }
    }
}

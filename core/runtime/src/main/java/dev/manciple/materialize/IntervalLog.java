package dev.manciple.materialize;

import dev.manciple.error.ConflictException;
import dev.manciple.error.NotFoundException;
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
    /** Views of this process need not make each other retry. */
    private final ReentrantLock lock = new ReentrantLock();

    IntervalLog(Registry registry, String project) {
        this.registry = registry;
        this.project = project;
    }

    RegistrySnapshot snapshot() {
        return registry.load(project, Optional.empty());
    }

    void record(String view, Interval window) {
        lock.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                RegistrySnapshot current = snapshot();
                if (!current.views().containsKey(view)) {
                    throw new NotFoundException(
                            "Feature view", view, "It was removed from the registry while it was materialized.");
                }
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
}

package dev.manciple.benchmarks;

import dev.manciple.error.ConflictException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** One project in memory, so that no file of a registry is part of what is measured. */
final class MemoryRegistry implements Registry {
    private final AtomicReference<RegistrySnapshot> current;

    MemoryRegistry(List<FeatureView> views) {
        this.current = new AtomicReference<>(Project.snapshot("0", views));
    }

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        return current.get();
    }

    @Override
    public Set<String> projects() {
        return Set.of(Project.NAME);
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        Map<String, List<Interval>> materialized = new LinkedHashMap<>(base.materialized());
        for (RegistryChange change : changes) {
            switch (change) {
                case RegistryChange.Materialized(String view, Interval interval) ->
                    materialized.merge(
                            view,
                            List.of(interval),
                            (known, added) -> Stream.concat(known.stream(), added.stream())
                                    .toList());
                case RegistryChange.Put put -> throw new IllegalArgumentException("The views are fixed: " + put);
                case RegistryChange.Remove remove ->
                    throw new IllegalArgumentException("The views are fixed: " + remove);
            }
        }
        RegistrySnapshot next = new RegistrySnapshot(
                base.project(),
                base.version() + "'",
                base.entities(),
                base.views(),
                base.services(),
                base.sources(),
                base.permissions(),
                base.preserved(),
                materialized,
                base.extras());
        if (!current.compareAndSet(base, next)) {
            throw new ConflictException("The registry moved on from version " + base.version());
        }
        return next;
    }

    @Override
    public void teardown(String project) {
        current.set(RegistrySnapshot.empty(project));
    }

    @Override
    public void close() {}
}

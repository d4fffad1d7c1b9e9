package dev.manciple.tck;

import dev.manciple.error.ConflictException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.spi.Interval;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A right registry in memory. Its protected methods are the decisions that wrong registries get wrong. */
class MemoryRegistry implements Registry {
    private final Map<String, RegistrySnapshot> projects;

    MemoryRegistry(Map<String, RegistrySnapshot> projects) {
        this.projects = projects;
    }

    // ---- what wrong registries get wrong -------------------------------------------------------------------------

    boolean isCurrent(RegistrySnapshot base, RegistrySnapshot stored) {
        return base.version().equals(stored.version());
    }

    Definition stored(Definition definition) {
        return definition;
    }

    boolean keepsHistory(Definition replaced) {
        return true;
    }

    /** Makes the changes and hands over each state on the way; only the last one is meant to be seen. */
    RegistrySnapshot apply(RegistrySnapshot stored, List<RegistryChange> changes) {
        Draft draft = new Draft(stored);
        changes.forEach(draft::apply);
        return draft.snapshot(stored.project());
    }

    // ---- the contract --------------------------------------------------------------------------------------------

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        RegistrySnapshot stored = projects.getOrDefault(project, RegistrySnapshot.empty(project));
        return known.filter(each -> each.project().equals(project) && isCurrent(each, stored))
                .orElse(stored);
    }

    @Override
    public Set<String> projects() {
        return Set.copyOf(projects.keySet());
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        return projects.compute(base.project(), (project, found) -> {
            RegistrySnapshot stored = found == null ? RegistrySnapshot.empty(project) : found;
            if (!isCurrent(base, stored)) {
                throw new ConflictException("Project '%s' moved on".formatted(project));
            }
            return apply(stored, changes);
        });
    }

    void store(RegistrySnapshot snapshot) {
        projects.put(snapshot.project(), snapshot);
    }

    @Override
    public void teardown(String project) {
        projects.remove(project);
    }

    @Override
    public void close() {}

    /** A snapshot being changed. */
    final class Draft {
        private final Map<String, Entity> entities;
        private final Map<String, DataSource> sources;
        private final Map<String, AnyFeatureView> views;
        private final Map<String, FeatureService> services;
        private final Map<String, Permission> permissions;
        private final List<Preserved> preserved;
        private final Map<String, List<Interval>> materialized;

        Draft(RegistrySnapshot from) {
            entities = new LinkedHashMap<>(from.entities());
            sources = new LinkedHashMap<>(from.sources());
            views = new LinkedHashMap<>(from.views());
            services = new LinkedHashMap<>(from.services());
            permissions = new LinkedHashMap<>(from.permissions());
            preserved = new ArrayList<>(from.preserved());
            materialized = new LinkedHashMap<>(from.materialized());
        }

        void apply(RegistryChange change) {
            switch (change) {
                case RegistryChange.Put(Definition definition) -> put(stored(definition));
                case RegistryChange.Remove(Definition.Kind kind, String name) -> remove(kind, name);
                case RegistryChange.Materialized(String view, Interval interval) -> record(view, interval);
            }
        }

        private void put(Definition definition) {
            switch (definition) {
                case Entity entity -> entities.put(entity.name(), entity);
                case DataSource source -> sources.put(source.name(), source);
                case AnyFeatureView view -> {
                    views.put(view.name(), view);
                    if (!keepsHistory(view)) {
                        materialized.remove(view.name());
                    }
                }
                case FeatureService service -> services.put(service.name(), service);
                case Permission permission -> permissions.put(permission.name(), permission);
                case Preserved each -> {
                    preserved.removeIf(
                            old -> old.as() == each.as() && old.name().equals(each.name()));
                    preserved.add(each);
                }
            }
        }

        private void remove(Definition.Kind kind, String name) {
            switch (kind) {
                case ENTITY -> entities.remove(name);
                case DATA_SOURCE -> sources.remove(name);
                case FEATURE_VIEW, ON_DEMAND_FEATURE_VIEW, STREAM_FEATURE_VIEW, LABEL_VIEW -> {
                    views.remove(name);
                    materialized.remove(name);
                }
                case FEATURE_SERVICE -> services.remove(name);
                case PERMISSION -> permissions.remove(name);
                case SAVED_DATASET, VALIDATION_REFERENCE, PROJECT, OTHER ->
                    preserved.removeIf(old -> old.as() == kind && old.name().equals(name));
            }
        }

        private void record(String view, Interval interval) {
            if (!views.containsKey(view)) {
                throw new NotFoundException("feature view", view);
            }
            List<Interval> intervals = new ArrayList<>(materialized.getOrDefault(view, List.of()));
            intervals.add(interval);
            materialized.put(view, List.copyOf(intervals));
        }

        RegistrySnapshot snapshot(String project) {
            return new RegistrySnapshot(
                    project,
                    UUID.randomUUID().toString(),
                    entities,
                    views,
                    services,
                    sources,
                    permissions,
                    preserved,
                    materialized,
                    Extras.NONE);
        }
    }

    /** A backend in memory, and registries over it that {@code maker} makes. */
    static class Fixture implements RegistryFixture {
        /** Makes a registry. */
        @FunctionalInterface
        interface Maker {
            Registry make(Map<String, RegistrySnapshot> projects);
        }

        private final Map<String, RegistrySnapshot> projects = new ConcurrentHashMap<>();
        private final Maker maker;

        Fixture(Maker maker) {
            this.maker = maker;
        }

        @Override
        public Registry open(StoreContext context) {
            return maker.make(projects);
        }

        @Override
        public void close() {}
    }
}

package dev.manciple.registry;

import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The definitions of a repository by kind and name, in the order written, with the sources that views, streams and on demand
 * views bring along.
 */
record DefinitionSet(
        Map<String, DataSource> sources,
        Map<String, Entity> entities,
        Map<String, FeatureView> views,
        Map<String, OnDemandFeatureView> onDemandViews,
        Map<String, FeatureService> services,
        Map<String, Permission> permissions,
        List<Preserved> preserved) {
    DefinitionSet {
        sources = ordered(sources);
        entities = ordered(entities);
        views = ordered(views);
        onDemandViews = ordered(onDemandViews);
        services = ordered(services);
        permissions = ordered(permissions);
        preserved = List.copyOf(preserved);
    }

    /** Of several definitions of one kind and name the first is taken, and the others are problems. */
    static DefinitionSet of(List<Definition> definitions, Problems problems) {
        Collector collector = new Collector(problems);
        definitions.forEach(collector::add);
        definitions.forEach(collector::addSourcesOf);
        return collector.toSet();
    }

    DefinitionSet complete(
            Map<String, DataSource> newSources, Map<String, Entity> newEntities, Map<String, FeatureView> newViews) {
        return new DefinitionSet(newSources, newEntities, newViews, onDemandViews, services, permissions, preserved);
    }

    /**
     * With the registered type for every entity that has none, so that an inferred type outlives the views it was inferred
     * from: Feast refuses an entity without a type.
     */
    DefinitionSet withTypesOf(Map<String, Entity> registered) {
        Map<String, Entity> typed = new LinkedHashMap<>();
        entities.forEach((name, entity) -> {
            Optional<ValueType> known = Optional.ofNullable(registered.get(name))
                    .filter(old -> old.joinKey().equals(entity.joinKey()))
                    .flatMap(Entity::type);
            typed.put(name, entity.type().or(() -> known).map(entity::type).orElse(entity));
        });
        return complete(sources, typed, views);
    }

    /** As Feast registers them: a projection that takes all of a view's features names them. */
    DefinitionSet withFeaturesNamed() {
        Map<String, OnDemandFeatureView> newOnDemandViews = new LinkedHashMap<>();
        onDemandViews.forEach((name, view) -> newOnDemandViews.put(
                name,
                new OnDemandFeatureView(
                        name,
                        named(view.views()),
                        view.requests(),
                        view.features(),
                        view.transformation(),
                        view.about(),
                        view.extras())));
        Map<String, FeatureService> newServices = new LinkedHashMap<>();
        services.forEach((name, service) -> newServices.put(
                name,
                new FeatureService(
                        name, named(service.features()), service.logging(), service.about(), service.extras())));
        return new DefinitionSet(sources, entities, views, newOnDemandViews, newServices, permissions, preserved);
    }

    private List<Projection> named(List<Projection> projections) {
        return projections.stream()
                .map(projection -> projection.features().isEmpty()
                        ? projection.select(features(projection.view()).stream()
                                .map(Field::name)
                                .toArray(String[]::new))
                        : projection)
                .toList();
    }

    private List<Field> features(String view) {
        FeatureView stored = views.get(view);
        if (stored != null) {
            return stored.features();
        }
        OnDemandFeatureView onDemand = onDemandViews.get(view);
        return onDemand == null ? List.of() : onDemand.features();
    }

    /** In Feast's order of kinds. */
    List<Definition> inOrder() {
        List<Definition> all = new ArrayList<>(sources.values());
        all.addAll(entities.values());
        all.addAll(views.values());
        all.addAll(onDemandViews.values());
        all.addAll(services.values());
        all.addAll(permissions.values());
        all.addAll(preserved);
        return all;
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** The set as it is put together. */
    private static final class Collector {
        private final Problems problems;
        private final Map<String, DataSource> sources = new LinkedHashMap<>();
        private final Map<String, Entity> entities = new LinkedHashMap<>();
        private final Map<String, FeatureView> views = new LinkedHashMap<>();
        private final Map<String, OnDemandFeatureView> onDemandViews = new LinkedHashMap<>();
        private final Map<String, FeatureService> services = new LinkedHashMap<>();
        private final Map<String, Permission> permissions = new LinkedHashMap<>();
        private final List<Preserved> preserved = new ArrayList<>();

        Collector(Problems problems) {
            this.problems = problems;
        }

        void add(Definition definition) {
            switch (definition) {
                case DataSource source -> put(sources, source);
                case Entity entity -> put(entities, entity);
                case FeatureView view -> put(views, view);
                case OnDemandFeatureView view -> put(onDemandViews, view);
                case FeatureService service -> put(services, service);
                case Permission permission -> put(permissions, permission);
                case Preserved other -> preserved.add(other);
            }
        }

        private <D extends Definition> void put(Map<String, D> known, D definition) {
            if (known.putIfAbsent(definition.name(), definition) != null) {
                problems.add("%s '%s' is defined twice", definition.kind().words(), definition.name());
            }
        }

        void addSourcesOf(Definition definition) {
            switch (definition) {
                case FeatureView view ->
                    view.source().ifPresent(source -> addNested(source, "feature view '" + view.name() + "'"));
                case OnDemandFeatureView view ->
                    view.requests()
                            .forEach(request -> addNested(request, "on demand feature view '" + view.name() + "'"));
                case DataSource source -> addNested(source, "data source '" + source.name() + "'");
                case Entity entity -> {}
                case FeatureService service -> {}
                case Permission permission -> {}
                case Preserved other -> {}
            }
        }

        private void addNested(DataSource source, String of) {
            DataSource known = sources.putIfAbsent(source.name(), source);
            if (known != null && !known.equals(source)) {
                problems.add(
                        "data source '%s' of %s differs from another data source of that name; give one of them another name",
                        source.name(), of);
            }
            source.batch().filter(batch -> !batch.equals(source)).ifPresent(batch -> addNested(batch, of));
        }

        DefinitionSet toSet() {
            return new DefinitionSet(sources, entities, views, onDemandViews, services, permissions, preserved);
        }
    }
}

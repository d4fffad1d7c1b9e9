package dev.manciple.spi;

import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything a project knows, immutable; lookups are pure functions of it. Maps keep the registry's order.
 *
 * @param version changes with every commit; blank before the first
 * @param materialized by view, in the order recorded
 */
public record RegistrySnapshot(
        String project,
        String version,
        Map<String, Entity> entities,
        Map<String, AnyFeatureView> views,
        Map<String, FeatureService> services,
        Map<String, DataSource> sources,
        Map<String, Permission> permissions,
        List<Preserved> preserved,
        Map<String, List<Interval>> materialized,
        Extras extras) {
    public RegistrySnapshot {
        entities = ordered(entities);
        views = ordered(views);
        services = ordered(services);
        sources = ordered(sources);
        permissions = ordered(permissions);
        preserved = List.copyOf(preserved);
        materialized = ordered(materialized);
    }

    /** A project nobody has applied yet. */
    public static RegistrySnapshot empty(String project) {
        return new RegistrySnapshot(
                project, "", Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of(), Map.of(), Extras.NONE);
    }

    /** The view of that name that features can be asked of: one defined here, else one that only Feast can define. */
    public Optional<AnyFeatureView> view(String name) {
        AnyFeatureView view = views.get(name);
        return view != null
                ? Optional.of(view)
                : preserved.stream()
                        .flatMap(other -> other.stored().stream())
                        .filter(stored -> stored.name().equals(name))
                        .<AnyFeatureView>map(stored -> stored)
                        .findFirst();
    }

    /** Of every view {@link #view} finds. */
    public Set<String> viewNames() {
        Set<String> names = new LinkedHashSet<>(views.keySet());
        storedViews().map(FeatureView::name).forEach(names::add);
        return names;
    }

    /** The views that keep values: those defined here, then those that only Feast can define. */
    public Stream<FeatureView> storedViews() {
        return Stream.concat(
                views.values().stream().filter(FeatureView.class::isInstance).map(FeatureView.class::cast),
                preserved.stream().flatMap(other -> other.stored().stream()));
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}

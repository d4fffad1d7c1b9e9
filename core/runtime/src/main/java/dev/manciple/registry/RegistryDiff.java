package dev.manciple.registry;

import dev.manciple.ApplyPlan.Action;
import dev.manciple.ApplyPlan.Difference;
import dev.manciple.ApplyPlan.Property;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a repository differs from what is registered, in Feast's words and order of kinds. Objects match by name. What neither
 * side wrote does not count: times, materialization history, and the parts of Feast's objects that Manciple keeps without
 * understanding them. As in Feast, data sources are registered and updated without being listed; a removal is always listed, since
 * people are asked about what is listed.
 *
 * <p>What is registered and no longer defined is deleted, except the kinds no repository of Manciple's can define, such as
 * Feast's stream feature views and saved datasets: they are kept, and so are the streams and push sources while
 * there is a view of such a kind that may read them.
 *
 * @param differences for people
 * @param changes for the registry
 */
record RegistryDiff(List<Difference> differences, List<RegistryChange> changes) {
    RegistryDiff {
        differences = List.copyOf(differences);
        changes = List.copyOf(changes);
    }

    /** @param after complete: nothing is left to inference */
    static RegistryDiff between(RegistrySnapshot before, DefinitionSet after) {
        List<Difference> differences = new ArrayList<>();
        List<RegistryChange> removals = new ArrayList<>();
        List<RegistryChange> puts = new ArrayList<>();
        for (Definition defined : after.inOrder()) {
            Optional<Definition> registered = registered(before, defined);
            List<Property> changed =
                    registered.map(old -> changed(old, defined)).orElse(List.of());
            if (registered.isEmpty() || !changed.isEmpty()) {
                Action action = registered.isEmpty() ? Action.CREATED : Action.UPDATED;
                differences.add(new Difference(action, defined.kind(), defined.name(), changed));
                puts.add(new RegistryChange.Put(defined));
            }
        }
        for (Definition old : removable(before)) {
            if (!isDefined(old, after)) {
                differences.add(new Difference(Action.DELETED, old.kind(), old.name(), List.of()));
                removals.add(new RegistryChange.Remove(old.kind(), old.name()));
            }
        }
        List<Difference> listed = differences.stream()
                .filter(difference ->
                        difference.kind() != Definition.Kind.DATA_SOURCE || difference.action() == Action.DELETED)
                .sorted(Comparator.comparing(Difference::kind))
                .toList();
        // A name may move from one kind to another, so what goes makes room first.
        removals.addAll(puts);
        return new RegistryDiff(listed, removals);
    }

    /** Whether a plan made against one snapshot holds against the other: materialization may have gone on in between. */
    static boolean sameDefinitions(RegistrySnapshot one, RegistrySnapshot other) {
        return definitions(one).equals(definitions(other));
    }

    private static Set<Map.Entry<String, Map<String, Object>>> definitions(RegistrySnapshot snapshot) {
        List<Definition> all = new ArrayList<>(snapshot.entities().values());
        all.addAll(snapshot.sources().values());
        all.addAll(snapshot.views().values());
        all.addAll(snapshot.services().values());
        all.addAll(snapshot.permissions().values());
        all.addAll(snapshot.preserved());
        return all.stream()
                .map(definition ->
                        Map.entry(definition.kind().words() + " " + definition.name(), Properties.of(definition)))
                .collect(Collectors.toSet());
    }

    private static Optional<Definition> registered(RegistrySnapshot before, Definition defined) {
        Optional<? extends Definition> found = switch (defined) {
            case DataSource source -> Optional.ofNullable(before.sources().get(source.name()));
            case Entity entity -> Optional.ofNullable(before.entities().get(entity.name()));
            case AnyFeatureView view -> Optional.ofNullable(before.views().get(view.name()));
            case FeatureService service -> Optional.ofNullable(before.services().get(service.name()));
            case Permission permission ->
                Optional.ofNullable(before.permissions().get(permission.name()));
            case Preserved preserved ->
                before.preserved().stream()
                        .filter(old -> old.name().equals(preserved.name()))
                        .filter(old -> old.as() == preserved.as())
                        .findFirst();
        };
        return found.filter(old -> old.kind() == defined.kind()).map(old -> old);
    }

    private static List<Definition> removable(RegistrySnapshot before) {
        boolean hasForeignViews = before.preserved().stream().anyMatch(Preserved::isView);
        List<Definition> removable = new ArrayList<>();
        for (DataSource source : before.sources().values()) {
            boolean feedsForeignViews = source instanceof DataSource.Stream || source instanceof DataSource.Push;
            if (!(hasForeignViews && feedsForeignViews)) {
                removable.add(source);
            }
        }
        removable.addAll(before.entities().values());
        removable.addAll(before.views().values());
        removable.addAll(before.services().values());
        removable.addAll(before.permissions().values());
        return removable;
    }

    private static boolean isDefined(Definition old, DefinitionSet after) {
        return switch (old) {
            case DataSource source -> after.sources().containsKey(source.name());
            case Entity entity -> after.entities().containsKey(entity.name());
            case FeatureView view -> after.views().containsKey(view.name());
            case OnDemandFeatureView view -> after.onDemandViews().containsKey(view.name());
            case FeatureService service -> after.services().containsKey(service.name());
            case Permission permission -> after.permissions().containsKey(permission.name());
            case Preserved preserved -> true;
        };
    }

    private static List<Property> changed(Definition old, Definition defined) {
        List<Property> changed = new ArrayList<>(changed(Properties.of(old), Properties.of(defined)));
        if (!FeastOptions.hold(old, defined)) {
            changed.add(new Property("options for Feast", "as registered", "as defined"));
        }
        return changed;
    }

    private static List<Property> changed(Map<String, Object> before, Map<String, Object> after) {
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Property> changed = new ArrayList<>();
        for (String name : names) {
            Object old = before.get(name);
            Object now = after.get(name);
            if (!Objects.equals(old, now)) {
                changed.add(new Property(name, Properties.text(old), Properties.text(now)));
            }
        }
        return changed;
    }
}

package dev.manciple.registry;

import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.plugin.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules definitions obey among themselves, whatever their sources hold (see {@link SchemaInference} for those). */
final class DefinitionChecks {
    private final DefinitionSet definitions;
    private final Map<String, Definition.Kind> foreignViews;
    private final Problems problems;

    /** @param kept objects of the registry this repository cannot define: services may name the views among them */
    DefinitionChecks(DefinitionSet definitions, List<Preserved> kept, Problems problems) {
        this.definitions = definitions;
        this.problems = problems;
        this.foreignViews = new LinkedHashMap<>();
        List<Preserved> others = new ArrayList<>(kept);
        others.addAll(definitions.preserved());
        others.stream().filter(Preserved::isView).forEach(view -> foreignViews.put(view.name(), view.as()));
    }

    /** Names that differ in case only, which most engines do not tell apart. */
    void checkNames() {
        Map<String, Definition> byFoldedName = new HashMap<>();
        for (Definition view : views()) {
            Definition other = byFoldedName.putIfAbsent(view.name().toLowerCase(Locale.ROOT), view);
            if (other != null) {
                problems.add(
                        "feature view name '%s' is already used by %s '%s'; the names of all kinds of feature views must differ in more than case",
                        view.name(), other.kind().words(), other.name());
            }
        }
        foreignViews.forEach((foreign, kind) -> {
            Definition view = byFoldedName.get(foreign.toLowerCase(Locale.ROOT));
            boolean replaces =
                    view != null && view.kind() == kind && view.name().equals(foreign);
            if (view != null && !replaces) {
                problems.add(
                        "feature view name '%s' is already used by the %s '%s', which Feast registered and this repository cannot define",
                        view.name(), kind.words(), foreign);
            }
        });
        checkDistinct("data sources", definitions.sources().keySet());
        checkDistinct("entities", definitions.entities().keySet());
        checkDistinct("feature services", definitions.services().keySet());
        checkDistinct("permissions", definitions.permissions().keySet());
    }

    private List<Definition> views() {
        List<Definition> views = new ArrayList<>(definitions.views().values());
        views.addAll(definitions.onDemandViews().values());
        return views;
    }

    private void checkDistinct(String what, Collection<String> names) {
        Map<String, String> byFoldedName = new HashMap<>();
        for (String name : names) {
            String other = byFoldedName.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                problems.add("the names of %s must differ in more than case: '%s' and '%s'", what, other, name);
            }
        }
    }

    /** What each definition says of others it names, and of its own columns. */
    void checkReferences() {
        definitions.views().values().forEach(this::checkView);
        definitions.onDemandViews().values().forEach(this::checkOnDemandView);
        definitions.services().values().forEach(this::checkService);
    }

    private void checkView(FeatureView view) {
        Map<String, String> entityByJoinKey = new LinkedHashMap<>();
        for (String name : view.entities()) {
            Entity entity = definitions.entities().get(name);
            if (entity == null) {
                problems.add(
                        "feature view '%s' names the entity '%s', which does not exist%s",
                        view.name(), name, hint(name, definitions.entities().keySet()));
            } else {
                String other = entityByJoinKey.putIfAbsent(entity.joinKey(), name);
                if (other != null) {
                    problems.add(
                            "feature view '%s' has two entities, '%s' and '%s', with the join key '%s'; a view's entities must have different join keys",
                            view.name(), other, name, entity.joinKey());
                }
            }
        }
        if (view.source().orElse(null) instanceof DataSource.Request request) {
            problems.add(
                    "feature view '%s' reads the request source '%s'; only on demand feature views can",
                    view.name(), request.name());
        }
        checkColumns(view, entityByJoinKey.keySet());
    }

    private void checkColumns(FeatureView view, Set<String> joinKeys) {
        Set<String> folded = new HashSet<>();
        for (Field feature : view.features()) {
            if (!folded.add(feature.name().toLowerCase(Locale.ROOT))) {
                problems.add(
                        "feature view '%s' has two features named '%s'; names must differ in more than case",
                        view.name(), feature.name());
            }
        }
        for (String joinKey : joinKeys) {
            Optional<Field> clash = view.features().stream()
                    .filter(feature -> feature.name().equalsIgnoreCase(joinKey)
                            && !feature.name().equals(joinKey))
                    .findFirst();
            clash.ifPresent(feature -> problems.add(
                    "feature '%s' of feature view '%s' differs from the join key '%s' in case only",
                    feature.name(), view.name(), joinKey));
        }
        Map<String, String> mapping =
                view.batchSource().map(DataSource.Batch::fieldMapping).orElse(Map.of());
        for (Field field : view.features()) {
            String mapped = mapping.get(field.name());
            if (mapped != null && !mapping.containsValue(field.name())) {
                problems.add(
                        "feature view '%s': the column '%s' is mapped to '%s' by its data source; name the feature '%s', or remove the mapping",
                        view.name(), field.name(), mapped, mapped);
            }
        }
    }

    private void checkOnDemandView(OnDemandFeatureView view) {
        String what = "on demand feature view '" + view.name() + "'";
        if (view.views().isEmpty() && view.requests().isEmpty()) {
            problems.add("%s has no sources; give it feature views or a request source", what);
        }
        if (view.features().isEmpty()) {
            problems.add("%s has no features", what);
        }
        Set<String> inputs = new HashSet<>();
        for (Projection projection : view.views()) {
            checkUnique(what, inputs, projection.outputName());
            if (definitions.onDemandViews().containsKey(projection.view())) {
                problems.add(
                        "%s reads '%s', which is computed on demand itself; it can read stored views and request sources",
                        what, projection.view());
            } else {
                checkProjection(what, projection);
            }
        }
        view.requests().forEach(request -> checkUnique(what, inputs, request.name()));
        if (view.transformation() instanceof Transformation.Sql sql) {
            Set<String> declared = names(view.features());
            for (String name : sql.expressions().keySet()) {
                if (!declared.contains(name)) {
                    problems.add(
                            "%s computes '%s', which its schema does not list%s", what, name, hint(name, declared));
                }
            }
            for (String name : declared) {
                if (!sql.expressions().containsKey(name)) {
                    problems.add("%s has no expression for its feature '%s'", what, name);
                }
            }
        }
    }

    private void checkUnique(String what, Set<String> inputs, String name) {
        if (!inputs.add(name)) {
            problems.add("%s has two sources named '%s'; give one an alias", what, name);
        }
    }

    private void checkService(FeatureService service) {
        String what = "feature service '" + service.name() + "'";
        if (service.features().isEmpty()) {
            problems.add("%s has no features: name at least one view or view:feature", what);
        }
        service.features().forEach(projection -> checkProjection(what, projection));
    }

    private void checkProjection(String what, Projection projection) {
        FeatureView stored = definitions.views().get(projection.view());
        AnyFeatureView view = stored == null ? definitions.onDemandViews().get(projection.view()) : stored;
        if (view == null) {
            if (!foreignViews.containsKey(projection.view())) {
                problems.add(
                        "%s names the feature view '%s', which does not exist%s",
                        what, projection.view(), hint(projection.view(), knownViews()));
            }
            return;
        }
        Set<String> features = names(view.features());
        for (String feature : projection.features()) {
            // A view without features here is one whose inference failed, which has been reported.
            if (!features.isEmpty() && !features.contains(feature)) {
                problems.add(
                        "%s names the feature '%s:%s', which does not exist%s",
                        what, view.name(), feature, hint(feature, features));
            }
        }
        if (stored != null && stored.entityColumns().size() == stored.entities().size()) {
            for (String key : projection.joinKeyMap().keySet()) {
                if (!stored.joinKeys().contains(key)) {
                    problems.add(
                            "%s maps '%s' of feature view '%s', which is not one of its join keys: %s",
                            what,
                            key,
                            view.name(),
                            stored.joinKeys().isEmpty() ? "it has none" : String.join(", ", stored.joinKeys()));
                }
            }
        }
    }

    private Set<String> knownViews() {
        Set<String> known = new LinkedHashSet<>(definitions.views().keySet());
        known.addAll(definitions.onDemandViews().keySet());
        known.addAll(foreignViews.keySet());
        return known;
    }

    private static Set<String> names(List<Field> fields) {
        Set<String> names = new LinkedHashSet<>();
        fields.forEach(field -> names.add(field.name()));
        return names;
    }

    private static String hint(String name, Collection<String> known) {
        return known.isEmpty() ? "; there are none" : NearestName.hint(name, known);
    }
}

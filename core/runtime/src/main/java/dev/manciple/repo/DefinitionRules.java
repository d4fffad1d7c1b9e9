package dev.manciple.repo;

import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.plugin.NearestName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What definitions must be to each other, however they were written. */
final class DefinitionRules {
    private final Catalog catalog;
    private final Problems problems;

    DefinitionRules(Catalog catalog, Problems problems) {
        this.catalog = catalog;
        this.problems = problems;
    }

    /** @param alone whether nothing but this repository, such as Python files, may define views services refer to */
    void check(boolean alone) {
        for (Catalog.Placed placed : catalog.all()) {
            switch (placed.definition()) {
                case FeatureView view -> featureView(view, placed.at());
                case OnDemandFeatureView view -> onDemandFeatureView(view, placed.at());
                case FeatureService service -> {
                    String subject = "feature service '%s'".formatted(service.name());
                    projections(subject, service.features(), placed.at(), alone);
                }
                case Entity entity -> {}
                case DataSource source -> {}
                case Permission permission -> {}
                case Preserved preserved -> {}
            }
        }
    }

    private void featureView(FeatureView view, Position at) {
        String subject = "feature view '%s'".formatted(view.name());
        Map<String, String> byJoinKey = new HashMap<>();
        for (String name : view.entities()) {
            if (!catalog.knows(Kind.ENTITY, name)) {
                say(at, subject, "entity '%s' is not defined%s", name, catalog.hint(Kind.ENTITY, name));
            }
            catalog.find(Kind.ENTITY, name).map(Entity.class::cast).ifPresent(entity -> {
                String other = byJoinKey.put(entity.joinKey(), name);
                if (other != null) {
                    say(at, subject, "entities '%s' and '%s' share the join key '%s'", other, name, entity.joinKey());
                }
            });
        }
        Set<String> columns = unique(subject, at, view.features());
        unique(subject, at, view.entityColumns());
        view.batchSource()
                .ifPresent(source -> source.fieldMapping().forEach((column, name) -> {
                    if (columns.contains(column)) {
                        say(
                                at,
                                subject,
                                "the column '%s' of the source is mapped to '%s': name the feature so, or remove the mapping",
                                column,
                                name);
                    }
                }));
    }

    private void onDemandFeatureView(OnDemandFeatureView view, Position at) {
        String subject = "on demand feature view '%s'".formatted(view.name());
        unique(subject, at, view.features());
        projections(subject, view.views(), at, true);
        if (view.transformation() instanceof Transformation.Sql sql
                && sql.expressions().isEmpty()) {
            say(at, subject, "it computes nothing: give it a schema and expressions");
        }
    }

    private Set<String> unique(String subject, Position at, List<Field> fields) {
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.name())) {
                say(at, subject, "the column '%s' stands in the schema twice", field.name());
            }
        }
        return names;
    }

    private void projections(String subject, List<Projection> projections, Position at, boolean alone) {
        for (Projection projection : projections) {
            if (alone && !catalog.knows(Kind.FEATURE_VIEW, projection.view())) {
                say(
                        at,
                        subject,
                        "feature view '%s' is not defined%s",
                        projection.view(),
                        catalog.hint(Kind.FEATURE_VIEW, projection.view()));
            }
            catalog.find(Kind.FEATURE_VIEW, projection.view())
                    .map(AnyFeatureView.class::cast)
                    .ifPresent(view -> features(subject, projection, view, at));
        }
    }

    /** A view without features has them found at apply. */
    private void features(String subject, Projection projection, AnyFeatureView view, Position at) {
        List<String> known = view.features().stream().map(Field::name).toList();
        for (String feature : projection.features()) {
            if (!known.isEmpty() && !known.contains(feature)) {
                say(
                        at,
                        subject,
                        "feature view '%s' has no feature '%s'%s",
                        view.name(),
                        feature,
                        NearestName.of(feature, known)
                                .map(", did you mean '%s'?"::formatted)
                                .orElse(", only " + String.join(", ", known)));
            }
        }
        Optional<FeatureView> stored =
                Optional.of(view).filter(FeatureView.class::isInstance).map(FeatureView.class::cast);
        Set<String> joinKeys = new HashSet<>();
        stored.ifPresent(found -> found.entities().stream()
                .flatMap(name -> catalog.find(Kind.ENTITY, name).stream())
                .forEach(entity -> joinKeys.add(((Entity) entity).joinKey())));
        projection.joinKeyMap().keySet().stream()
                .filter(key -> !joinKeys.isEmpty() && !joinKeys.contains(key))
                .forEach(key -> say(
                        at,
                        subject,
                        "feature view '%s' has no join key '%s', only %s",
                        view.name(),
                        key,
                        String.join(", ", joinKeys)));
    }

    private void say(Position at, String subject, String text, Object... args) {
        problems.add(at, subject + ": " + text.formatted(args));
    }
}

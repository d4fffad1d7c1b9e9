package dev.manciple.repo;

import dev.manciple.model.FeatureRef;
import dev.manciple.model.Projection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads views as services and on demand views name them: {@code view}, {@code view:feature}, or a mapping. */
final class Projections {
    private Projections() {}

    /** @throws IllegalArgumentException if a feature reference lacks a part */
    static Projection of(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            Section projection = new Section(DefinitionShapes.PROJECTION, mapping);
            return new Projection(
                    projection.text("view").orElse(""),
                    projection.text("alias"),
                    projection.texts("features"),
                    projection.map("join_key_map"));
        }
        String text = node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        if (text.indexOf(':') < 0) {
            return new Projection(text, Optional.empty(), List.of(), Map.of());
        }
        FeatureRef ref = FeatureRef.parse(text);
        return new Projection(ref.view(), Optional.empty(), List.of(ref.feature()), Map.of());
    }

    /** Features of one view that are named one by one are taken together. */
    static Projection joined(Projection first, Projection second) {
        boolean differ = !first.view().equals(second.view())
                || !first.joinKeyMap().equals(second.joinKeyMap())
                || first.features().isEmpty()
                || second.features().isEmpty();
        if (differ) {
            throw new IllegalArgumentException(
                    "the view '%s' is taken twice: give it an alias the second time".formatted(second.outputName()));
        }
        Set<String> features = new LinkedHashSet<>(first.features());
        features.addAll(second.features());
        return new Projection(first.view(), first.alias(), new ArrayList<>(features), first.joinKeyMap());
    }
}

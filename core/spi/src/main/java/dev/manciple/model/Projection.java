package dev.manciple.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A view as one request or service sees it: some of its features, perhaps under another name and with other key columns.
 *
 * @param features the features taken, in output order; empty means all the view has
 * @param joinKeyMap the view's join key to the column of the entity rows that holds it
 */
public record Projection(String view, Optional<String> alias, List<String> features, Map<String, String> joinKeyMap) {
    public Projection {
        Names.require(view, "projected view");
        features = List.copyOf(features);
        joinKeyMap = Map.copyOf(joinKeyMap);
    }

    /** The name the output uses: the alias, else the view's. */
    public String outputName() {
        return alias.orElse(view);
    }

    public Projection withName(String newAlias) {
        return new Projection(view, Optional.of(newAlias), features, joinKeyMap);
    }

    public Projection withJoinKeyMap(Map<String, String> newMap) {
        return new Projection(view, alias, features, newMap);
    }

    public Projection select(String... newFeatures) {
        return new Projection(view, alias, List.of(newFeatures), joinKeyMap);
    }
}

package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import java.util.List;
import java.util.Map;

/**
 * A view under the name the output uses, the features wanted of it, and spine columns for its join keys where they differ.
 *
 * @param features in output order; all of them features of the view
 * @param joinKeyMap the view's join key to the spine's column
 */
public record ViewSlice(FeatureView view, String outputName, List<Field> features, Map<String, String> joinKeyMap) {
    public ViewSlice {
        features = List.copyOf(features);
        joinKeyMap = Map.copyOf(joinKeyMap);
    }

    /** The spine column that holds a join key of the view. */
    public String spineColumn(String joinKey) {
        return joinKeyMap.getOrDefault(joinKey, joinKey);
    }

    /** The output column of a feature. */
    public String outputColumn(Field feature, boolean fullFeatureNames) {
        return fullFeatureNames ? outputName + "__" + feature.name() : feature.name();
    }
}

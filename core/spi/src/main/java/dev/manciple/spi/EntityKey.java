package dev.manciple.spi;

import java.util.List;

/**
 * The values of a view's join keys, in the order of {@code FeatureView.entityColumns}, which also has their types. Both lists
 * are empty for a view of global values.
 */
public record EntityKey(List<String> joinKeys, List<Value> values) {
    public EntityKey {
        joinKeys = List.copyOf(joinKeys);
        values = List.copyOf(values);
        if (joinKeys.size() != values.size()) {
            throw new IllegalArgumentException(
                    "%d join keys %s but %d values".formatted(joinKeys.size(), joinKeys, values.size()));
        }
    }
}

package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import java.util.List;

/** Some features of one view for many keys. */
public record OnlineRead(FeatureView view, List<EntityKey> keys, List<Field> features) {
    public OnlineRead {
        keys = List.copyOf(keys);
        features = List.copyOf(features);
    }
}

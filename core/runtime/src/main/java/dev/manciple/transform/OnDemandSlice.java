package dev.manciple.transform;

import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import java.util.List;

/**
 * An on demand view as one request asks for it.
 *
 * @param features those wanted, in output order; the transformation may compute more
 * @param inputs all the transformation reads, wanted in the output or not
 */
public record OnDemandSlice(OnDemandFeatureView view, List<Field> features, List<OnDemandInput> inputs) {
    public OnDemandSlice {
        features = List.copyOf(features);
        inputs = List.copyOf(inputs);
    }
}

package dev.manciple.retrieve;

import dev.manciple.model.Field;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.transform.OutputFeature;
import java.util.List;

/**
 * What a selection means in one snapshot of the registry.
 *
 * @param slices everything to read from the stores, inputs of on demand views included
 * @param onDemand what is computed afterwards
 * @param outputs what the caller asked for: stored features view by view as first mentioned, then computed ones, as in Feast
 */
record FeaturePlan(List<ViewSlice> slices, List<OnDemandSlice> onDemand, List<OutputFeature> outputs) {
    FeaturePlan {
        slices = List.copyOf(slices);
        onDemand = List.copyOf(onDemand);
        outputs = List.copyOf(outputs);
    }

    /** Whether the slices, read as they are, are already the answer. */
    boolean isStoredOnly() {
        return onDemand.isEmpty();
    }

    /** The column of the entity rows and its type, for everything on demand views take from the request. */
    List<OnDemandInput.FromRequest> requestInputs() {
        return onDemand.stream()
                .flatMap(slice -> slice.inputs().stream())
                .filter(OnDemandInput.FromRequest.class::isInstance)
                .map(OnDemandInput.FromRequest.class::cast)
                .distinct()
                .toList();
    }

    /** The features all slices read, in the order stores return them. */
    List<Field> readFeatures() {
        return slices.stream().flatMap(slice -> slice.features().stream()).toList();
    }
}

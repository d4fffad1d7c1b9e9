package dev.manciple.wire;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sees to it that vectors are as long as their features are defined, for stores that search them. */
public final class VectorLengths {
    private VectorLengths() {}

    /**
     * Looks at the features with {@code vector_index} and a {@code vector_length} above zero; nulls are no vectors.
     *
     * @throws InvalidRequestException if a row has a vector of another length
     */
    public static void require(FeatureView view, List<OnlineRow> rows) {
        for (int i = 0; i < view.features().size(); i++) {
            Field feature = view.features().get(i);
            // Most features are no vectors, and have no extras to read.
            if (!feature.extras().isEmpty()) {
                VectorOptions options = VectorOptions.of(feature);
                if (options.indexed() && options.length() > 0) {
                    require(view, i, options.length(), rows);
                }
            }
        }
    }

    private static void require(FeatureView view, int feature, int length, List<OnlineRow> rows) {
        for (OnlineRow row : rows) {
            if (row.values().get(feature) instanceof Value.Many vector
                    && vector.values().size() != length) {
                throw new InvalidRequestException(
                        "A row of feature view '%s'%s has a vector of length %d in '%s', which is defined with vector_length %d. Write vectors of that length, or define the feature with the one they have"
                                .formatted(
                                        view.name(),
                                        with(row.key()),
                                        vector.values().size(),
                                        view.features().get(feature).name(),
                                        length));
            }
        }
    }

    /** Which row is meant; views of global values have no key. */
    private static String with(EntityKey key) {
        return key.values().isEmpty()
                ? ""
                : IntStream.range(0, key.values().size())
                        .mapToObj(i -> "%s=%s"
                                .formatted(
                                        key.joinKeys().get(i),
                                        ArrowValues.show(key.values().get(i))))
                        .collect(Collectors.joining(", ", " with key ", ""));
    }
}

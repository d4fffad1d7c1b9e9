package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import java.util.List;

/**
 * A search for the rows of a view nearest to a vector.
 *
 * @param vector the feature that holds the vectors
 * @param metric Feast's name of the distance, such as {@code cosine} or {@code L2}
 */
public record VectorQuery(
        FeatureView view, String vector, List<Float> query, int topK, String metric, List<Field> features) {
    public VectorQuery {
        query = List.copyOf(query);
        features = List.copyOf(features);
    }
}

package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import java.time.Instant;
import java.util.List;

/**
 * A search for the rows of a view nearest to a vector.
 *
 * @param vector the feature that holds the vectors
 * @param query of finite numbers
 * @param topK how many rows at most
 * @param metric Feast's name of the distance, such as {@code cosine} or {@code L2}
 * @param features what is wanted of the rows found
 * @param freshFrom the earliest event time of vectors that is still good, see {@link FieldStatus#freshFrom}; {@link Instant#MIN}
 *     searches vectors of any age
 */
public record VectorQuery(
        FeatureView view,
        String vector,
        List<Float> query,
        int topK,
        String metric,
        List<Field> features,
        Instant freshFrom) {
    /** Of vectors of any age. */
    public VectorQuery(
            FeatureView view, String vector, List<Float> query, int topK, String metric, List<Field> features) {
        this(view, vector, query, topK, metric, features, Instant.MIN);
    }

    public VectorQuery {
        query = List.copyOf(query);
        features = List.copyOf(features);
    }
}

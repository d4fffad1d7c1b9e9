package dev.manciple;

import java.util.List;
import java.util.Optional;

/**
 * A search for the rows of one view nearest to a vector.
 *
 * @param features what to return of them, all of one view; the view has one feature with {@code vector_index}, which is searched
 * @param vector to be near to
 * @param topK how many rows at most
 * @param metric {@code L2}, {@code cosine}, {@code L1} or {@code inner_product}; empty for what the feature is defined with, else
 *     {@code L2}
 */
public record DocumentQuery(
        FeatureSelection features, List<Float> vector, int topK, Optional<String> metric, OnlineOptions options) {
    public DocumentQuery {
        vector = List.copyOf(vector);
    }
}

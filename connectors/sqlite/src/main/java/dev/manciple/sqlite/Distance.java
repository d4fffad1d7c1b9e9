package dev.manciple.sqlite;

import dev.manciple.error.InvalidRequestException;
import java.util.List;
import java.util.Locale;

/** Feast's distances of vectors; the smaller, the nearer. */
enum Distance {
    L2 {
        @Override
        double between(float[] one, float[] other) {
            double sum = 0;
            for (int i = 0; i < one.length; i++) {
                double difference = (double) one[i] - other[i];
                sum += difference * difference;
            }
            return Math.sqrt(sum);
        }
    },
    L1 {
        @Override
        double between(float[] one, float[] other) {
            double sum = 0;
            for (int i = 0; i < one.length; i++) {
                sum += Math.abs((double) one[i] - other[i]);
            }
            return sum;
        }
    },
    /** One minus the cosine; no number for a vector of zeros, which is farther than any. */
    COSINE {
        @Override
        double between(float[] one, float[] other) {
            return 1 - dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
        }
    },
    /** The negative of the product, so that the most alike are the nearest. */
    INNER_PRODUCT {
        @Override
        double between(float[] one, float[] other) {
            // Not negated, which makes two zeros of a product that is one.
            return 0 - dot(one, other);
        }
    };

    abstract double between(float[] one, float[] other);

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    /** @throws InvalidRequestException if there is no distance of that name */
    static Distance of(String metric) {
        return switch (metric.toLowerCase(Locale.ROOT)) {
            case "l2", "euclidean" -> L2;
            case "l1" -> L1;
            case "cosine" -> COSINE;
            case "inner_product", "ip", "dot" -> INNER_PRODUCT;
            default ->
                throw new InvalidRequestException("'%s' is no distance of vectors. Known: %s"
                        .formatted(metric, List.of("L2", "L1", "cosine", "inner_product")));
        };
    }
}

package dev.manciple.sqlite;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The nearest of the vectors it is shown: an exact search that looks at every one and keeps as many as are wanted. */
final class Nearest {
    /** A row's key, as it is stored, and how far its vector is. */
    record Hit(ByteBuffer key, double distance) {}

    private static final Comparator<Hit> NEAR_TO_FAR = Comparator.comparingDouble(Hit::distance);

    private final VectorQuery query;
    private final float[] vector;
    private final Distance distance;
    private final PriorityQueue<Hit> farthestFirst = new PriorityQueue<>(NEAR_TO_FAR.reversed());

    Nearest(VectorQuery query) {
        this.query = query;
        this.vector = new float[query.query().size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = query.query().get(i);
        }
        this.distance = Distance.of(query.metric());
    }

    /**
     * Looks at a row; one without a vector is passed over.
     *
     * @throws InvalidRequestException if its vector is of another length than the query's
     */
    void look(byte[] key, Value value) {
        if (!(value instanceof Value.Many many)) {
            return;
        }
        if (many.values().size() != vector.length) {
            throw new InvalidRequestException("The query has %d numbers, but there are vectors of %d in '%s:%s'"
                    .formatted(vector.length, many.values().size(), query.view().name(), query.vector()));
        }
        float[] stored = new float[vector.length];
        for (int i = 0; i < stored.length; i++) {
            stored[i] = many.values().get(i) instanceof Value.Real real ? (float) real.value() : Float.NaN;
        }
        farthestFirst.add(new Hit(ByteBuffer.wrap(key), distance.between(vector, stored)));
        if (farthestFirst.size() > query.topK()) {
            farthestFirst.remove();
        }
    }

    List<Hit> nearestFirst() {
        List<Hit> hits = new ArrayList<>(farthestFirst);
        hits.sort(NEAR_TO_FAR);
        return hits;
    }
}

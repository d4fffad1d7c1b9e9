package dev.manciple.sqlite;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import dev.manciple.spi.VectorQuery;
import dev.manciple.wire.EntityKeyCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The nearest of the vectors it is shown: an exact search that looks at every one and keeps as many as are wanted. Of rows as near
 * as each other the one with the smaller key is the nearer, so that the answer does not hang on the order in which they are shown.
 */
final class Nearest {
    /** A row's key and how far its vector is. */
    record Hit(EntityKey entity, double distance) {}

    /** A row's key, as it is stored and nobody changes it, and how far its vector is. */
    private static final class Candidate {
        private final byte[] key;
        private final Hit hit;

        Candidate(byte[] key, Hit hit) {
            this.key = key;
            this.hit = hit;
        }

        double distance() {
            return hit.distance();
        }

        byte[] key() {
            return key;
        }

        Hit hit() {
            return hit;
        }
    }

    private static final Comparator<Candidate> NEAR_TO_FAR =
            Comparator.comparingDouble(Candidate::distance).thenComparing(Candidate::key, Arrays::compareUnsigned);

    private final EntityKeyCodec keys;
    private final float[] vector;
    private final int wanted;
    private final Distance distance;
    private final PriorityQueue<Candidate> farthestFirst = new PriorityQueue<>(NEAR_TO_FAR.reversed());

    Nearest(VectorQuery query, EntityKeyCodec keys) {
        this.keys = keys;
        this.vector = new float[query.query().size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = query.query().get(i);
        }
        this.wanted = query.topK();
        this.distance = Distance.of(query.metric());
    }

    /**
     * Looks at a row. One without a vector to compare is passed over: what is stored may be older than the definition of its
     * feature, or of another writer.
     */
    void look(byte[] key, Value value) {
        float @Nullable [] stored = comparable(value);
        if (stored == null) {
            return;
        }
        double far = distance.between(vector, stored);
        if (farthestFirst.size() == wanted
                && Double.compare(far, farthestFirst.element().distance()) > 0) {
            return;
        }
        Optional<EntityKey> entity = entity(key);
        if (entity.isEmpty()) {
            return;
        }
        farthestFirst.add(new Candidate(key, new Hit(entity.get(), far)));
        if (farthestFirst.size() > wanted) {
            farthestFirst.remove();
        }
    }

    /** The numbers of a vector; null if it cannot be compared with the query's. */
    private float @Nullable [] comparable(Value value) {
        if (!(value instanceof Value.Many many)
                || many.values().isEmpty()
                || many.values().size() != vector.length) {
            return null;
        }
        float[] stored = new float[vector.length];
        for (int i = 0; i < stored.length; i++) {
            stored[i] = number(many.values().get(i));
            if (!Float.isFinite(stored[i])) {
                return null;
            }
        }
        return stored;
    }

    private static float number(Value element) {
        if (element instanceof Value.Real real) {
            return (float) real.value();
        }
        return element instanceof Value.Int whole ? whole.value() : Float.NaN;
    }

    /** Nothing for a key of other columns, or types, which no read asks for: they were others when the row was written. */
    private Optional<EntityKey> entity(byte[] key) {
        try {
            EntityKey entity = keys.decode(key);
            return Arrays.equals(keys.encode(entity), key) ? Optional.of(entity) : Optional.empty();
        } catch (InvalidRequestException e) {
            return Optional.empty();
        }
    }

    List<Hit> nearestFirst() {
        List<Candidate> candidates = new ArrayList<>(farthestFirst);
        candidates.sort(NEAR_TO_FAR);
        return candidates.stream().map(Candidate::hit).toList();
    }
}

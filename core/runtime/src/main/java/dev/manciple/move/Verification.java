package dev.manciple.move;

import dev.manciple.MoveOptions.Verify;
import dev.manciple.error.ConflictException;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.internal.Counted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Compares the copy of a view with the original while both are written. What differs is copied and compared again a few times,
 * since a write may have reached one of them only when it was looked at.
 */
final class Verification {
    private static final int ROUNDS = 5;
    private static final int SAMPLE = 1_000;

    private final Sides sides;
    private final RowCopier copier;
    private final KeySource keys;
    private final Instant expiredBefore;

    /** @param expiredBefore rows older than that may be missing from the copy, whose store deletes them by itself */
    Verification(Sides sides, RowCopier copier, KeySource keys, Instant expiredBefore) {
        this.sides = sides;
        this.copier = copier;
        this.keys = keys;
        this.expiredBefore = expiredBefore;
    }

    /**
     * @param lost rows that are known to be missing
     * @return how many keys were compared
     * @throws ConflictException if the copy is not the original
     */
    long run(Verify verify, long lost) {
        return switch (verify) {
            case COUNT -> {
                count(lost);
                yield 0;
            }
            case SAMPLE -> {
                count(lost);
                yield compare(sample());
            }
            case ALL -> {
                count(lost);
                yield all();
            }
        };
    }

    /** Rows come and go on both sides, so the copy's count lies between two counts of the original. */
    private void count(long lost) {
        if (expiredBefore.isAfter(Instant.MIN)) {
            return;
        }
        OptionalLong before = sides.rows(sides.from());
        for (int round = 1; before.isPresent(); round++) {
            OptionalLong copies = sides.rows(sides.to());
            OptionalLong after = sides.rows(sides.from());
            if (copies.isEmpty() || after.isEmpty()) {
                return;
            }
            long least = Math.min(before.getAsLong(), after.getAsLong()) - lost;
            long most = Math.max(before.getAsLong(), after.getAsLong());
            if (copies.getAsLong() >= least && copies.getAsLong() <= most) {
                return;
            }
            if (round == ROUNDS) {
                throw new ConflictException(
                        "Feature view '%s' has %s in '%s' and %d in '%s'%s. Nothing was switched: run the move again to copy again, or end it with --roll-back"
                                .formatted(
                                        sides.view().name(),
                                        Counted.of(after.getAsLong(), "row"),
                                        sides.fromName(),
                                        copies.getAsLong(),
                                        sides.toName(),
                                        lost == 0 ? "" : ", where " + lost + " are known to be missing"));
            }
            before = after;
        }
    }

    private List<EntityKey> sample() {
        List<EntityKey> sample = new ArrayList<>(SAMPLE);
        Random random = new Random();
        long[] seen = {0};
        keys.forEachBatch((batch, rows) -> {
            for (EntityKey key : batch) {
                seen[0]++;
                if (sample.size() < SAMPLE) {
                    sample.add(key);
                } else {
                    long place = random.nextLong(seen[0]);
                    if (place < SAMPLE) {
                        sample.set((int) place, key);
                    }
                }
            }
        });
        return sample;
    }

    private long all() {
        long[] compared = {0};
        keys.forEachBatch((batch, rows) -> compared[0] += compare(batch));
        return compared[0];
    }

    private long compare(List<EntityKey> batch) {
        List<EntityKey> differing = copier.differing(batch, expiredBefore);
        for (int round = 1; !differing.isEmpty(); round++) {
            if (round == ROUNDS) {
                throw new ConflictException(
                        "%d of %d rows of feature view '%s' that were compared differ between '%s' and '%s', as that of %s. Nothing was switched: run the move again to copy again, or end it with --roll-back"
                                .formatted(
                                        differing.size(),
                                        batch.size(),
                                        sides.view().name(),
                                        sides.fromName(),
                                        sides.toName(),
                                        differing.getFirst().joinKeys()));
            }
            copier.copy(differing, Map.of());
            differing = copier.differing(differing, expiredBefore);
        }
        return batch.size();
    }
}

package dev.manciple.redis;

import dev.manciple.model.Field;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the features asked for a field of a hash is; a feature may be asked for twice. The names of fields are hashes already,
 * so their bits say where to look.
 */
final class FieldPositions {
    /** The length of a feature's field in bytes. */
    static final int FIELD_LENGTH = Integer.BYTES;

    private static final int NONE = -1;

    private final int[] hashes;
    private final int[] firsts;
    /** By position: the next position of the same feature. */
    private final int[] nexts;

    private final int mask;

    /** @param count how many features are asked for in all */
    FieldPositions(int count) {
        int size = Integer.highestOneBit(Math.max(1, count) * 4);
        this.hashes = new int[size];
        this.firsts = new int[size];
        this.nexts = new int[count];
        this.mask = size - 1;
        Arrays.fill(firsts, NONE);
    }

    /** Features of one view, the first of them at position {@code first}. */
    void add(ViewLayout layout, List<Field> features, int first) {
        for (int i = 0; i < features.size(); i++) {
            add(hash(layout.field(features.get(i)).getRaw()), first + i);
        }
    }

    private void add(int hash, int position) {
        int slot = slot(hash);
        nexts[position] = firsts[slot];
        hashes[slot] = hash;
        firsts[slot] = position;
    }

    /** The first position of a field; negative if it was not asked for. */
    int first(byte[] field) {
        return firsts[slot(hash(field))];
    }

    /** The next position of the same field; negative if there is none. */
    int next(int position) {
        return nexts[position];
    }

    private int slot(int hash) {
        int slot = hash & mask;
        while (firsts[slot] != NONE && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int hash(byte[] field) {
        return (field[0] & 0xff) | (field[1] & 0xff) << 8 | (field[2] & 0xff) << 16 | (field[3] & 0xff) << 24;
    }
}

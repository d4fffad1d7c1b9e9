package com.example.arrowfolder;

import dev.manciple.arrow.ColumnReader;
import dev.manciple.spi.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of any number of columns, each with a number of its own. A key is a path: from the number of its first columns, the value of the
 * next leads to another. The steps stand in a hash table made of arrays, in which whole numbers are no objects: a map of objects is slow
 * to follow for a million rows.
 */
final class Keys {
    static final int UNKNOWN = -1;

    /** The key of no columns, where all paths start and none leads to: in the table it marks a free place. */
    private static final int START = 0;

    private static final int FEW = 1024;

    private int count = 1;

    /** Marks the origin of a step by a value that is no whole number. */
    private static final int BY_OTHER = 1 << 31;

    /**
     * Of each step two numbers side by side, so that a look at one costs one access to memory: its value, which is a whole number or
     * another value's hash, and the numbers of the keys it comes from and leads to, in one half of the bits each.
     */
    private long[] steps = new long[2 * FEW];

    private @Nullable Value[] others = new Value[FEW];

    /** The number of a row's key, a new one if the key is. */
    int add(List<ColumnReader> columns, int row) {
        int number = START;
        for (ColumnReader column : columns) {
            Value value = column.read(row);
            int place = place(number, whole(value), other(value));
            if (numberAt(place) == START) {
                put(place, count++, number, whole(value), other(value));
                number = count - 1;
                growIfHalfFull();
            } else {
                number = numberAt(place);
            }
        }
        return number;
    }

    /** The number of a row's key, if it has one; a null is part of no key. */
    int find(List<ColumnReader> columns, int row) {
        int number = START;
        for (ColumnReader column : columns) {
            Value value = column.read(row);
            int next = value == Value.Null.NULL ? START : numberAt(place(number, whole(value), other(value)));
            if (next == START) {
                return UNKNOWN;
            }
            number = next;
        }
        return number;
    }

    /** More than any number. */
    int count() {
        return count;
    }

    private static long whole(Value value) {
        return value instanceof Value.Int(long whole) ? whole : value.hashCode();
    }

    private static @Nullable Value other(Value value) {
        return value instanceof Value.Int ? null : value;
    }

    /** Where a step stands, or is to be put. */
    private int place(int origin, long whole, @Nullable Value other) {
        int last = others.length - 1;
        int marked = marked(origin, other);
        int place = (int) ((31L * origin + whole) * 0x9E37_79B9_7F4A_7C15L >>> Integer.SIZE) & last;
        while (numberAt(place) != START
                && (steps[2 * place] != whole
                        || originAt(place) != marked
                        || (other != null && !other.equals(others[place])))) {
            place = (place + 1) & last;
        }
        return place;
    }

    private static int marked(int origin, @Nullable Value other) {
        return other == null ? origin : origin | BY_OTHER;
    }

    private int numberAt(int place) {
        return (int) steps[2 * place + 1];
    }

    private int originAt(int place) {
        return (int) (steps[2 * place + 1] >>> Integer.SIZE);
    }

    private void put(int place, int number, int origin, long whole, @Nullable Value other) {
        steps[2 * place] = whole;
        steps[2 * place + 1] = (long) marked(origin, other) << Integer.SIZE | number;
        others[place] = other;
    }

    private void growIfHalfFull() {
        int size = others.length;
        if (count <= size / 2) {
            return;
        }
        long[] from = steps;
        @Nullable Value[] by = others;
        steps = new long[4 * size];
        others = new Value[2 * size];
        for (int i = 0; i < size; i++) {
            int number = (int) from[2 * i + 1];
            if (number != START) {
                int origin = (int) (from[2 * i + 1] >>> Integer.SIZE) & ~BY_OTHER;
                put(place(origin, from[2 * i], by[i]), number, origin, from[2 * i], by[i]);
            }
        }
    }
}

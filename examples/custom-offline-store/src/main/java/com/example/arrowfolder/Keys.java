package com.example.arrowfolder;

import dev.manciple.arrow.ColumnReader;
import dev.manciple.spi.Value;
import java.util.List;
import java.util.Objects;
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

    /** Of each step the number it leads to and the one it comes from, and its value: a whole number, or another value and its hash. */
    private int[] numbers = new int[FEW];

    private int[] origins = new int[FEW];
    private long[] wholes = new long[FEW];
    private @Nullable Value[] others = new Value[FEW];

    /** The number of a row's key, a new one if the key is. */
    int add(List<ColumnReader> columns, int row) {
        int number = START;
        for (ColumnReader column : columns) {
            Value value = column.read(row);
            int place = place(number, whole(value), other(value));
            if (numbers[place] == START) {
                put(place, count++, number, whole(value), other(value));
                number = count - 1;
                growIfHalfFull();
            } else {
                number = numbers[place];
            }
        }
        return number;
    }

    /** The number of a row's key, if it has one; a null is part of no key. */
    int find(List<ColumnReader> columns, int row) {
        int number = START;
        for (ColumnReader column : columns) {
            Value value = column.read(row);
            int next = value == Value.Null.NULL ? START : numbers[place(number, whole(value), other(value))];
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
        int last = numbers.length - 1;
        int place = (int) ((31L * origin + whole) * 0x9E37_79B9_7F4A_7C15L >>> Integer.SIZE) & last;
        while (numbers[place] != START
                && (wholes[place] != whole || origins[place] != origin || !Objects.equals(others[place], other))) {
            place = (place + 1) & last;
        }
        return place;
    }

    private void put(int place, int number, int origin, long whole, @Nullable Value other) {
        numbers[place] = number;
        origins[place] = origin;
        wholes[place] = whole;
        others[place] = other;
    }

    private void growIfHalfFull() {
        int size = numbers.length;
        if (count <= size / 2) {
            return;
        }
        int[] steps = numbers;
        int[] from = origins;
        long[] by = wholes;
        @Nullable Value[] or = others;
        numbers = new int[2 * size];
        origins = new int[2 * size];
        wholes = new long[2 * size];
        others = new Value[2 * size];
        for (int i = 0; i < size; i++) {
            if (steps[i] != START) {
                put(place(from[i], by[i], or[i]), steps[i], from[i], by[i], or[i]);
            }
        }
    }
}

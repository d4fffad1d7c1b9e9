package com.example.arrowfolder;

import dev.manciple.arrow.ColumnReader;
import dev.manciple.spi.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keys of any number of columns, each with a number of its own. */
final class Keys {
    static final int UNKNOWN = -1;

    /** A key of several columns is a path: what the columns so far led to, and the value of the next. */
    private record Step(int from, Value value) {}

    private final Map<Step, Integer> numbers = new HashMap<>();

    /** The number of a row's key, a new one if the key is. */
    int add(List<ColumnReader> columns, int row) {
        int number = 0;
        for (ColumnReader column : columns) {
            Step step = new Step(number, column.read(row));
            Integer known = numbers.get(step);
            number = known == null ? numbers.size() + 1 : known;
            if (known == null) {
                numbers.put(step, number);
            }
        }
        return number;
    }

    /** The number of a row's key, if it has one; a null is part of no key. */
    int find(List<ColumnReader> columns, int row) {
        int number = 0;
        for (ColumnReader column : columns) {
            Value value = column.read(row);
            Integer known = value == Value.Null.NULL ? null : numbers.get(new Step(number, value));
            if (known == null) {
                return UNKNOWN;
            }
            number = known;
        }
        return number;
    }

    /** More than any number. */
    int count() {
        return numbers.size() + 1;
    }
}

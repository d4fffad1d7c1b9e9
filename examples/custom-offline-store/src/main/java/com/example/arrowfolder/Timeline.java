package com.example.arrowfolder;

import dev.manciple.arrow.TimeReader;
import java.util.Arrays;

/**
 * The rows of a history by key and time. A row is its place in the history, and all that is known of it stands in arrays: a million
 * rows are five objects.
 */
final class Timeline {
    static final int NONE = -1;

    /** The TTL of rows that never grow too old. */
    static final long UNBOUNDED = Long.MAX_VALUE;

    private static final int FEW = 1024;

    private int rows;
    private int[] keys = new int[FEW];
    private long[] events = new long[FEW];
    private long[] created = new long[FEW];

    /** Row after row of one key after another, each from its oldest to its newest. */
    private int[] order = {};

    /** Where a key's rows start in that order; those of the next end them. */
    private int[] starts = {};

    int rows() {
        return rows;
    }

    /** Counts a row that is never found. */
    void skip() {
        add(0, TimeReader.NONE, TimeReader.NONE);
    }

    /** Takes the next row. */
    void add(int key, long event, long createdAt) {
        if (rows == keys.length) {
            keys = Arrays.copyOf(keys, rows * 2);
            events = Arrays.copyOf(events, rows * 2);
            created = Arrays.copyOf(created, rows * 2);
        }
        keys[rows] = key;
        events[rows] = event;
        created[rows] = createdAt;
        rows++;
    }

    /**
     * Puts the rows in order; none is added after that.
     *
     * @param count more than any key
     */
    void sort(int count) {
        starts = new int[count + 1];
        for (int row = 0; row < rows; row++) {
            if (events[row] != TimeReader.NONE) {
                starts[keys[row] + 1]++;
            }
        }
        for (int key = 0; key < count; key++) {
            starts[key + 1] += starts[key];
        }
        order = new int[starts[count]];
        int[] next = starts.clone();
        for (int row = 0; row < rows; row++) {
            if (events[row] != TimeReader.NONE) {
                order[next[keys[row]]++] = row;
            }
        }
        int[] spare = order.clone();
        for (int key = 0; key < count; key++) {
            sort(spare, order, starts[key], starts[key + 1]);
        }
    }

    /** Merge sort, since Java sorts by a comparator only what are objects. Both arrays hold the same rows at first. */
    private void sort(int[] from, int[] to, int start, int end) {
        if (end - start < 2) {
            return;
        }
        int middle = (start + end) >>> 1;
        sort(to, from, start, middle);
        sort(to, from, middle, end);
        int left = start;
        int right = middle;
        for (int at = start; at < end; at++) {
            boolean takeLeft = right == end || (left < middle && !isNewer(from[left], from[right]));
            to[at] = takeLeft ? from[left++] : from[right++];
        }
    }

    /** Of two with one event time, the one created later. */
    private boolean isNewer(int row, int than) {
        return events[row] > events[than] || (events[row] == events[than] && created[row] > created[than]);
    }

    // snippet: newest
    /** The newest row of a key at or before a time, or none where that is older than the TTL, in microseconds. */
    int newest(int key, long time, long ttl) {
        int from = starts[key];
        int to = starts[key + 1];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (events[order[middle]] > time) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        if (from == starts[key]) {
            return NONE;
        }
        int row = order[from - 1];
        long oldest = time - ttl;
        // One before all times that can be counted comes out as one after them.
        return ttl == UNBOUNDED || oldest > time || events[row] >= oldest ? row : NONE;
    }
    // end snippet
}

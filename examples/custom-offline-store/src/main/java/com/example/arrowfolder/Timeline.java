package com.example.arrowfolder;

import dev.manciple.arrow.TimeReader;
import java.util.Arrays;

/**
 * The rows of a history by key and time. A row is its place in the history, and all that is known of it stands in arrays: a million
 * rows are a handful of objects.
 */
final class Timeline {
    static final int NONE = -1;

    /** The TTL of rows that never grow too old. */
    static final long UNBOUNDED = Long.MAX_VALUE;

    private static final int FEW = 1024;

    private int count;
    private int[] keys = new int[FEW];
    private long[] events = new long[FEW];
    private long[] created = new long[FEW];

    /** Row after row of one key after another, each from its oldest to its newest. */
    private Rows sorted = new Rows(0);

    /** Where a key's rows start among those; the start of the next key's is their end. */
    private int[] starts = {};

    /** Rows beside their event times, which sorting and searching then need not look up elsewhere. */
    private record Rows(int[] rows, long[] times) {
        Rows(int count) {
            this(new int[count], new long[count]);
        }

        void set(int place, int row, long time) {
            rows[place] = row;
            times[place] = time;
        }

        Rows copy() {
            return new Rows(rows.clone(), times.clone());
        }
    }

    int rows() {
        return count;
    }

    /** Counts a row that is never found. */
    void skip() {
        add(0, TimeReader.NONE, TimeReader.NONE);
    }

    /** Takes the next row. */
    void add(int key, long event, long createdAt) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
            events = Arrays.copyOf(events, count * 2);
            created = Arrays.copyOf(created, count * 2);
        }
        keys[count] = key;
        events[count] = event;
        created[count] = createdAt;
        count++;
    }

    /**
     * Puts the rows in order; none is added after that.
     *
     * @param bound more than any key
     */
    void sort(int bound) {
        starts = new int[bound + 1];
        for (int row = 0; row < count; row++) {
            if (events[row] != TimeReader.NONE) {
                starts[keys[row] + 1]++;
            }
        }
        for (int key = 0; key < bound; key++) {
            starts[key + 1] += starts[key];
        }
        sorted = new Rows(starts[bound]);
        int[] next = starts.clone();
        for (int row = 0; row < count; row++) {
            if (events[row] != TimeReader.NONE) {
                sorted.set(next[keys[row]]++, row, events[row]);
            }
        }
        Rows spare = sorted.copy();
        for (int key = 0; key < bound; key++) {
            sort(spare, sorted, starts[key], starts[key + 1]);
        }
    }

    /** Merge sort, since Java sorts only objects by an order of one's own. Both hold the same rows at first. */
    private void sort(Rows from, Rows to, int start, int end) {
        if (end - start < 2) {
            return;
        }
        int middle = (start + end) >>> 1;
        sort(to, from, start, middle);
        sort(to, from, middle, end);
        int left = start;
        int right = middle;
        for (int place = start; place < end; place++) {
            boolean takeLeft = right == end || (left < middle && !isNewer(from, left, right));
            int taken = takeLeft ? left++ : right++;
            to.set(place, from.rows[taken], from.times[taken]);
        }
    }

    /** Of two with one event time, the one created later. */
    private boolean isNewer(Rows rows, int place, int than) {
        return rows.times[place] > rows.times[than]
                || (rows.times[place] == rows.times[than] && created[rows.rows[place]] > created[rows.rows[than]]);
    }

    // snippet: newest
    /** The newest row of a key at or before a time, or none where that is older than the TTL, in microseconds. */
    int newest(int key, long time, long ttl) {
        int from = starts[key];
        int to = starts[key + 1];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted.times[middle] > time) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        if (from == starts[key]) {
            return NONE;
        }
        long oldest = time - ttl;
        // One before all times that can be counted comes out as one after them.
        boolean isReached = ttl == UNBOUNDED || oldest > time || sorted.times[from - 1] >= oldest;
        return isReached ? sorted.rows[from - 1] : NONE;
    }
    // end snippet
}

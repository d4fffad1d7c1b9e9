package dev.manciple.server;

import java.util.List;

/** What writers of answers ask about the columns of one. */
public final class Columns {
    private Columns() {}

    /**
     * Whether two columns have the very same objects, so that what was written of the one is true of the other: statuses and times
     * of a view's features mostly do, and are most of an answer.
     */
    @SuppressWarnings("ReferenceEquality")
    public static <T> boolean same(List<T> these, List<T> others) {
        if (these == others) {
            return true;
        }
        int rows = these.size();
        if (rows != others.size()) {
            return false;
        }
        for (int row = 0; row < rows; row++) {
            if (these.get(row) != others.get(row)) {
                return false;
            }
        }
        return true;
    }
}

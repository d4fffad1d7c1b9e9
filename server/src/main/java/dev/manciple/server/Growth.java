package dev.manciple.server;

import dev.manciple.OnlineFeatures;
import dev.manciple.spi.Value;
import java.util.List;

/** How arrays grow that are written to without knowing how much comes. */
public final class Growth {
    /** Longer ones some virtual machines do not make. */
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    /** What is reserved at once: most cells of a larger answer may turn out to be empty. */
    private static final int MOST_EXPECTED = 16 << 20;

    private Growth() {}

    /** How many bytes to begin with for an answer, a column and a cell of which take about so many. */
    public static int expected(OnlineFeatures answer, int perColumn, int perCell) {
        List<List<Value>> columns = answer.values();
        long rows = columns.isEmpty() ? 0 : columns.getFirst().size();
        return (int) Math.min(columns.size() * (perColumn + rows * perCell), MOST_EXPECTED);
    }

    /** Half as long again, so that few copies are made, and at least as long as needed. */
    public static int of(int length, int needed) {
        return Math.max(needed, (int) Math.min(length * 3L / 2, LONGEST));
    }
}

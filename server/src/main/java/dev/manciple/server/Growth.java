package dev.manciple.server;

/** How arrays grow that are written to without knowing how much comes. */
public final class Growth {
    /** Longer ones some virtual machines do not make. */
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    /** What is reserved at once: most cells of a larger answer may turn out to be empty. */
    private static final int MOST_EXPECTED = 16 << 20;

    private Growth() {}

    /** How long to begin with, where about so much is expected. */
    public static int expected(long length) {
        return (int) Math.min(length, MOST_EXPECTED);
    }

    /** Half as long again, so that few copies are made, and at least as long as needed. */
    public static int of(int length, int needed) {
        return Math.max(needed, (int) Math.min(length * 3L / 2, LONGEST));
    }
}

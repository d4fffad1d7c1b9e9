package dev.manciple.tck;

import java.util.Random;
import java.util.stream.LongStream;

/**
 * Where random tests start: the same seeds in every run, so that a build that passed passes again. {@code -Dtck.seed=random} takes
 * new ones, to look for what the usual ones miss; a failure names its seed, and {@code -Dtck.seed=…} repeats exactly that one.
 */
final class Seeds {
    private static final String PROPERTY = "tck.seed";
    private static final long USUAL = 42;

    private Seeds() {}

    static LongStream take(int count) {
        String wanted = System.getProperty(PROPERTY, "");
        return switch (wanted) {
            case "" -> new Random(USUAL).longs(count);
            case "random" -> new Random().longs(count);
            default -> LongStream.of(Long.parseLong(wanted));
        };
    }

    static String describe(long seed) {
        return "repeat with -D%s=%d".formatted(PROPERTY, seed);
    }
}

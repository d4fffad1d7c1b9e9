package dev.manciple.tck;

import java.util.Random;
import java.util.stream.LongStream;

/**
 * Where random tests start. By default they start from the same seeds in every run and on every machine, so that a build that
 * passed passes again; those seeds come from the number one, which nobody chose for what it finds or misses.
 *
 * <ul>
 *   <li>{@code -Dtck.seed=…} runs exactly one: what a failure names, to repeat it;
 *   <li>{@code -Dtck.seed=random} takes new ones, to look for what the usual ones miss;
 *   <li>{@code -Dtck.scenarios=300} takes more of them than usual.
 * </ul>
 */
final class Seeds {
    private static final String SEED = "tck.seed";
    private static final String SCENARIOS = "tck.scenarios";
    private static final long USUAL = 1;
    private static final int USUALLY = 20;

    private Seeds() {}

    static LongStream take() {
        int count = Integer.getInteger(SCENARIOS, USUALLY);
        String wanted = System.getProperty(SEED, "");
        return switch (wanted) {
            case "" -> new Random(USUAL).longs(count);
            case "random" -> new Random().longs(count);
            default -> LongStream.of(Long.parseLong(wanted));
        };
    }

    static String describe(long seed) {
        return "repeat with -D%s=%d".formatted(SEED, seed);
    }
}

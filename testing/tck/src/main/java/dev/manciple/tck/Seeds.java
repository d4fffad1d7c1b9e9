package dev.manciple.tck;

import java.util.Random;
import java.util.stream.LongStream;

/** Where random tests start. A failure names its seed; {@code -Dtck.seed=…} repeats exactly that one. */
final class Seeds {
    private static final String PROPERTY = "tck.seed";

    private Seeds() {}

    /** New seeds in every run, or the one asked for. */
    static LongStream take(int count) {
        Long wanted = Long.getLong(PROPERTY);
        return wanted == null ? new Random().longs(count) : LongStream.of(wanted);
    }

    static String describe(long seed) {
        return "repeat with -D%s=%d".formatted(PROPERTY, seed);
    }
}

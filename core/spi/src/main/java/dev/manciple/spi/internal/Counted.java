package dev.manciple.spi.internal;

import java.util.Locale;

/** How many there are of something, in the words of a sentence. */
public final class Counted {
    private static final String VOWELS = "aeiou";

    private Counted() {}

    /** A number with its noun, such as {@code 1 row}, {@code 1,204 rows} or {@code 0 entities}. */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? noun : plural(noun));
    }

    private static String plural(String noun) {
        int last = noun.length() - 1;
        return noun.endsWith("y") && VOWELS.indexOf(noun.charAt(last - 1)) < 0
                ? noun.substring(0, last) + "ies"
                : noun + "s";
    }
}

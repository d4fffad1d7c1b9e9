package dev.manciple.plugin;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 7d}, {@code 1h30m}, a number of seconds, or ISO-8601. */
public final class Durations {
    /** What a reader of an error message is told to write. */
    public static final String EXPECTED = "a duration such as 7d, 12h, 90s, a number of seconds or PT12H";

    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(us|ms|[smhdw])");
    private static final Pattern PARTS = Pattern.compile("(?:" + PART.pattern() + "\\s*)+");
    private static final Pattern SECONDS = Pattern.compile("\\d+(?:\\.\\d+)?");

    private Durations() {}

    /** @throws IllegalArgumentException if the text is no duration, or one that does not fit */
    public static Duration parse(String text) {
        String trimmed = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (SECONDS.matcher(trimmed).matches()) {
                return seconds(trimmed, "1");
            }
            if (PARTS.matcher(trimmed).matches()) {
                return sum(PART.matcher(trimmed));
            }
            return Duration.parse(trimmed);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException("'%s' is not %s".formatted(text, EXPECTED), e);
        }
    }

    private static Duration sum(Matcher parts) {
        Duration sum = Duration.ZERO;
        while (parts.find()) {
            sum = sum.plus(seconds(parts.group(1), secondsPer(parts.group(2))));
        }
        return sum;
    }

    private static String secondsPer(String unit) {
        return switch (unit) {
            case "us" -> "0.000001";
            case "ms" -> "0.001";
            case "s" -> "1";
            case "m" -> "60";
            case "h" -> "3600";
            case "d" -> "86400";
            case "w" -> "604800";
            default -> throw new IllegalArgumentException("Unknown unit of time '" + unit + "'");
        };
    }

    private static Duration seconds(String count, String secondsPerUnit) {
        BigDecimal seconds = new BigDecimal(count).multiply(new BigDecimal(secondsPerUnit));
        long whole = seconds.toBigInteger().longValueExact();
        int nanos = seconds.remainder(BigDecimal.ONE).movePointRight(9).intValue();
        return Duration.ofSeconds(whole, nanos);
    }
}

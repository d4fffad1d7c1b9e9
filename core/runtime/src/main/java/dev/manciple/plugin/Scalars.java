package dev.manciple.plugin;

import dev.manciple.error.InternalException;
import dev.manciple.spi.config.Secret;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The values without parts of a config record, read from what YAML gives. */
final class Scalars {
    private Scalars() {}

    /** Whether a record type is a value here rather than a block with keys. */
    static boolean reads(Class<?> record) {
        return record == Secret.class;
    }

    /** @throws IllegalArgumentException that says what was expected and what was found */
    static Object read(Class<?> type, Object raw) {
        if (type == Object.class) {
            return raw;
        }
        if (type == String.class) {
            return text(raw);
        }
        if (type == Secret.class) {
            return secret(raw);
        }
        if (type == boolean.class || type == Boolean.class) {
            return bool(raw);
        }
        if (type == int.class || type == Integer.class) {
            return (int) whole(raw, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return whole(raw, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return number(raw, "a number").doubleValue();
        }
        if (type == Duration.class) {
            return duration(raw);
        }
        if (type == Path.class) {
            return path(raw);
        }
        if (type.isEnum()) {
            return constant(type, raw);
        }
        throw new InternalException("A config record cannot hold a component of type " + type.getName());
    }

    /** A value as a message shows it. */
    static String described(Object raw) {
        return switch (raw) {
            case String text -> "'" + text + "'";
            case Map<?, ?> map -> "a mapping";
            case List<?> list -> "a list";
            default -> raw.toString();
        };
    }

    private static String text(Object raw) {
        if (raw instanceof String text) {
            return text;
        }
        boolean quotable = !(raw instanceof Map || raw instanceof List);
        throw expected("text", raw, quotable ? ": put it in quotes" : "");
    }

    private static Secret secret(Object raw) {
        if (raw instanceof String text) {
            return new Secret(text);
        }
        throw new IllegalArgumentException("must be text: put it in quotes");
    }

    private static boolean bool(Object raw) {
        String text = raw.toString().toLowerCase(Locale.ROOT);
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw expected("true or false", raw, "");
    }

    private static long whole(Object raw, long least, long greatest) {
        try {
            long whole = number(raw, "a whole number").longValueExact();
            if (whole >= least && whole <= greatest) {
                return whole;
            }
        } catch (ArithmeticException e) {
            throw expected("a whole number", raw, "");
        }
        throw expected("a whole number between %d and %d".formatted(least, greatest), raw, "");
    }

    private static BigDecimal number(Object raw, String what) {
        if (raw instanceof Number || raw instanceof String) {
            try {
                return new BigDecimal(raw.toString().strip());
            } catch (NumberFormatException e) {
                throw expected(what, raw, "");
            }
        }
        throw expected(what, raw, "");
    }

    private static Duration duration(Object raw) {
        if (raw instanceof Number || raw instanceof String) {
            try {
                return Durations.parse(raw.toString());
            } catch (IllegalArgumentException e) {
                throw expected(Durations.EXPECTED, raw, "");
            }
        }
        throw expected(Durations.EXPECTED, raw, "");
    }

    private static Path path(Object raw) {
        try {
            return Path.of(text(raw));
        } catch (InvalidPathException e) {
            throw expected("a path", raw, ": " + e.getReason());
        }
    }

    private static Object constant(Class<?> type, Object raw) {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (spelling(constant)
                    .equals(raw.toString().toLowerCase(Locale.ROOT).replace('-', '_'))) {
                return constant;
            }
        }
        String known = Arrays.stream(constants).map(Scalars::spelling).collect(Collectors.joining(", "));
        throw expected("one of " + known, raw, "");
    }

    private static String spelling(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException expected(String what, Object raw, String hint) {
        return new IllegalArgumentException("must be %s, was %s%s".formatted(what, described(raw), hint));
    }
}

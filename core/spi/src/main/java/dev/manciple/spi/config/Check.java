package dev.manciple.spi.config;

/** Turns a failed condition into a problem of the key it belongs to. */
public final class Check {
    private Check() {}

    /** @throws IllegalArgumentException whose message starts with {@code key}, which the binder reports beside the others */
    public static void that(boolean condition, String key, String message, Object... args) {
        if (!condition) {
            throw new IllegalArgumentException(key + " " + message.formatted(args));
        }
    }
}

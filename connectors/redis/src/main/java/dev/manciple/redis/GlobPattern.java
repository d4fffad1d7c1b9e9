package dev.manciple.redis;

import java.io.ByteArrayOutputStream;

/** Patterns that a server matches keys with. */
final class GlobPattern {
    private GlobPattern() {}

    /** Matches what starts and ends with these bytes, whatever they are. */
    static byte[] between(byte[] start, byte[] end) {
        ByteArrayOutputStream pattern = new ByteArrayOutputStream(start.length + end.length + 8);
        literally(start, pattern);
        pattern.write('*');
        literally(end, pattern);
        return pattern.toByteArray();
    }

    private static void literally(byte[] bytes, ByteArrayOutputStream pattern) {
        for (byte b : bytes) {
            if (b == '*' || b == '?' || b == '[' || b == ']' || b == '\\') {
                pattern.write('\\');
            }
            pattern.write(b);
        }
    }
}

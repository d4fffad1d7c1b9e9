package dev.manciple.server.http;

import dev.manciple.server.Growth;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON text as UTF-8, put together from ready-made pieces. An answer of online features is some punctuation, a few words that come
 * again and again, and numbers: copying those takes a quarter of the time that a generator needs, which checks each call. It is the
 * caller who sees to commas and brackets. Of one thread.
 */
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** As many bytes as one char of a text can become: an escape, {@code \}{@code u0000}. */
    private static final int LONGEST_CHAR = 6;

    private static final int LONGEST_NUMBER = 20;

    private byte[] bytes;
    private int size;

    /** @param expected how many bytes there will probably be; it grows where there are more */
    JsonBytes(int expected) {
        bytes = new byte[Math.max(expected, LONGEST_NUMBER)];
    }

    /** Characters of ASCII as a piece to be added as it is. */
    static byte[] piece(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    /** Adds a piece as it is. */
    JsonBytes add(byte[] piece) {
        reserve(piece.length);
        System.arraycopy(piece, 0, bytes, size, piece.length);
        size += piece.length;
        return this;
    }

    /** Adds one character of ASCII as it is. */
    JsonBytes add(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** How many bytes there are. */
    int size() {
        return size;
    }

    /** Adds once more what is there, from one position up to another. */
    JsonBytes repeat(int from, int to) {
        reserve(to - from);
        System.arraycopy(bytes, from, bytes, size, to - from);
        size += to - from;
        return this;
    }

    /** Adds a whole number. */
    JsonBytes number(long number) {
        reserve(LONGEST_NUMBER);
        if (number < 0) {
            bytes[size++] = '-';
        }
        // Of the negative of a number there is always one, of the positive of the least there is none.
        long left = number < 0 ? number : -number;
        int end = size + digits(left);
        size = end;
        do {
            long rest = left / 10;
            bytes[--end] = (byte) ('0' + (rest * 10 - left));
            left = rest;
        } while (left != 0);
        return this;
    }

    private static int digits(long negative) {
        int digits = 1;
        for (long bound = -10; negative <= bound; bound *= 10) {
            digits++;
            if (digits == LONGEST_NUMBER - 1) {
                break;
            }
        }
        return digits;
    }

    /** Adds a number, or null where JSON has none (NaN, infinities). */
    JsonBytes number(double number) {
        return ascii(Double.isFinite(number) ? Double.toString(number) : "null");
    }

    private JsonBytes ascii(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** Adds a text in quotes. */
    JsonBytes text(String text) {
        reserve(text.length() + 2);
        bytes[size++] = '"';
        int i = 0;
        for (; i < text.length() && isPlain(text.charAt(i)); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
        if (i < text.length()) {
            special(text, i);
        }
        return add('"');
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    private void special(String text, int from) {
        reserve((text.length() - from) * LONGEST_CHAR);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else if (c == '"' || c == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = (byte) c;
            } else if (c < 0x80) {
                escape(c);
            } else if (c < 0x800) {
                bytes[size++] = (byte) (0xC0 | (c >> 6));
                bytes[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                bytes[size++] = (byte) (0xE0 | (c >> 12));
                bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[size++] = (byte) (0xF0 | (point >> 18));
                bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                bytes[size++] = (byte) (0x80 | (point & 0x3F));
            } else {
                // Half of a pair has no form in UTF-8.
                escape(c);
            }
        }
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        bytes[size++] = 'u';
        bytes[size++] = HEX[c >> 12];
        bytes[size++] = HEX[(c >> 8) & 0xF];
        bytes[size++] = HEX[(c >> 4) & 0xF];
        bytes[size++] = HEX[c & 0xF];
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Growth.of(bytes.length, Math.addExact(size, more)));
        }
    }

    /** Takes a part of an array. */
    @FunctionalInterface
    interface Taker {
        void take(byte[] bytes, int from, int length);
    }

    /** Hands over what there is, uncopied; nothing may be added afterwards. */
    void give(Taker taker) {
        taker.take(bytes, 0, size);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}

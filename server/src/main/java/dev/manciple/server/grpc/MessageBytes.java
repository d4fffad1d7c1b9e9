package dev.manciple.server.grpc;

import com.google.protobuf.WireFormat;
import dev.manciple.server.Growth;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message of protobuf, written from its end to its beginning: before each part stands its length, which is known once the part
 * is written. So nothing is measured first, and nothing is copied but when there is more than was expected. Of one thread.
 */
final class MessageBytes {
    private static final int LONGEST_VARINT = 10;
    private static final int WIRE_TYPE_BITS = 3;

    private byte[] bytes;

    /** Where what is written begins. */
    private int begin;

    /** @param expected how many bytes there will probably be */
    MessageBytes(int expected) {
        bytes = new byte[Math.max(expected, LONGEST_VARINT)];
        begin = bytes.length;
    }

    /** How many bytes are written. */
    int size() {
        return bytes.length - begin;
    }

    /** Puts bytes before what is written. */
    void bytes(byte[] part) {
        reserve(part.length);
        begin -= part.length;
        System.arraycopy(part, 0, bytes, begin, part.length);
    }

    /** Puts once more what was written after there were so many bytes, up to so many. */
    void repeat(int after, int upTo) {
        int length = upTo - after;
        reserve(length);
        begin -= length;
        System.arraycopy(bytes, bytes.length - upTo, bytes, begin, length);
    }

    /** Puts a number before what is written. */
    void varint(long number) {
        reserve(LONGEST_VARINT);
        begin -= (Long.SIZE - Long.numberOfLeadingZeros(number | 1) + 6) / 7;
        int at = begin;
        long left = number;
        for (; (left & ~0x7F) != 0; left >>>= 7) {
            bytes[at++] = (byte) (left | 0x80);
        }
        bytes[at] = (byte) left;
    }

    /** Puts a field with a number before what is written. */
    void number(int field, long number) {
        varint(number);
        tag(field, WireFormat.WIRETYPE_VARINT);
    }

    /** Puts a field with a text before what is written. */
    void text(int field, String text) {
        int after = size();
        bytes(text.getBytes(StandardCharsets.UTF_8));
        enclose(field, after);
    }

    /** Makes a field of what was written last, up to what was there {@code after} it. */
    void enclose(int field, int after) {
        varint(size() - after);
        tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private void tag(int field, int wireType) {
        varint((long) field << WIRE_TYPE_BITS | wireType);
    }

    private void reserve(int more) {
        if (begin < more) {
            int size = size();
            byte[] larger = new byte[Growth.of(bytes.length, Math.addExact(size, more))];
            System.arraycopy(bytes, begin, larger, larger.length - size, size);
            begin = larger.length - size;
            bytes = larger;
        }
    }

    /** Takes a part of an array. */
    @FunctionalInterface
    interface Reader<R> {
        R read(byte[] bytes, int from, int length);
    }

    /** Hands over what is written, uncopied; nothing may be written afterwards. */
    <R> R read(Reader<R> reader) {
        return reader.read(bytes, begin, size());
    }

    byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, begin, bytes.length);
    }
}

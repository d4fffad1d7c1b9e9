package dev.manciple.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** Bytes in the order of the wire, growing as they are written. */
final class CopyBuffer {
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int size;

    CopyBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    private int room(int length) {
        int at = size;
        size = Math.addExact(at, length);
        if (size > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(size, bytes.length * 2L)));
        }
        return at;
    }

    void putByte(int value) {
        int at = room(1);
        bytes[at] = (byte) value;
    }

    void putShort(int value) {
        int at = room(2);
        SHORT.set(bytes, at, (short) value);
    }

    void putInt(int value) {
        int at = room(4);
        INT.set(bytes, at, value);
    }

    void putLong(long value) {
        int at = room(8);
        LONG.set(bytes, at, value);
    }

    void putBytes(byte[] value) {
        int at = room(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
    }

    void putBytes(ArrowBuf from, long start, int length) {
        int at = room(length);
        from.getBytes(start, bytes, at, length);
    }

    /** Leaves room for the length of what follows. */
    int openLength() {
        return room(4);
    }

    /** Says how much was written since {@link #openLength}. */
    void closeLength(int at) {
        INT.set(bytes, at, size - at - 4);
    }
}

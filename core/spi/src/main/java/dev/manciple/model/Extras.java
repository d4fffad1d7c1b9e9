package dev.manciple.model;

import java.nio.ByteBuffer;

/**
 * The parts of a stored object this version does not model, kept byte for byte and written back, so that a round trip
 * through Manciple never loses what a newer Feast wrote. Only the registry's codec reads the bytes.
 */
public record Extras(ByteBuffer bytes) {
    public static final Extras NONE = new Extras(ByteBuffer.allocate(0));

    public Extras {
        bytes = bytes.slice().asReadOnlyBuffer();
    }

    /** A read-only view with its own position. */
    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }

    public boolean isEmpty() {
        return !bytes.hasRemaining();
    }
}

package dev.manciple.model;

import java.nio.ByteBuffer;

/** A definition of a kind not modelled yet: listed by name, compared by bytes, written back unchanged. */
public record Preserved(Definition.Kind as, String name, ByteBuffer proto) implements Definition {
    public Preserved {
        proto = proto.slice().asReadOnlyBuffer();
    }

    /** A read-only view with its own position. */
    @Override
    public ByteBuffer proto() {
        return proto.duplicate();
    }
}

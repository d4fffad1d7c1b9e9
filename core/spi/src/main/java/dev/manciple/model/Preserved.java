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

    /** Whether it is a view the model has no words for, such as a stream feature view. */
    public boolean isView() {
        return switch (as) {
            case FEATURE_VIEW, ON_DEMAND_FEATURE_VIEW, STREAM_FEATURE_VIEW, LABEL_VIEW -> true;
            case ENTITY,
                    DATA_SOURCE,
                    FEATURE_SERVICE,
                    SAVED_DATASET,
                    VALIDATION_REFERENCE,
                    PERMISSION,
                    PROJECT,
                    OTHER -> false;
        };
    }
}

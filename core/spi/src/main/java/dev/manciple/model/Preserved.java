package dev.manciple.model;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A definition that only Feast can make: listed by name, compared by bytes, written back unchanged.
 *
 * @param stored the view it is to those who read and write values of it, such as a stream feature view; empty where it is no
 *     view, or none that keeps values the model has words for
 */
public record Preserved(Definition.Kind as, String name, ByteBuffer proto, Optional<FeatureView> stored)
        implements Definition {
    public Preserved {
        proto = proto.slice().asReadOnlyBuffer();
    }

    public Preserved(Definition.Kind as, String name, ByteBuffer proto) {
        this(as, name, proto, Optional.empty());
    }

    /** The bytes say everything. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Preserved same && as == same.as && name.equals(same.name) && proto.equals(same.proto);
    }

    @Override
    public int hashCode() {
        return Objects.hash(as, name, proto);
    }

    /** Those of the view it is; none that are known of any other object. */
    public Map<String, String> tags() {
        return stored.map(view -> view.about().tags()).orElse(Map.of());
    }

    /** A read-only view with its own position. */
    @Override
    public ByteBuffer proto() {
        return proto.duplicate();
    }

    /** Whether it is a view that only Feast can define, such as a stream feature view. */
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

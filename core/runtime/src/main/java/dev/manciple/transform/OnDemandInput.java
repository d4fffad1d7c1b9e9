package dev.manciple.transform;

import dev.manciple.model.ValueType;

/** One value a transformation reads, and where a request finds it. */
public sealed interface OnDemandInput {
    /** What the transformation calls it: the bare name, or {@code view__feature} where two inputs share the bare one. */
    String name();

    ValueType type();

    /** A feature of a stored view: the position of its slice in the request, and its position in the slice. */
    record FromView(String name, ValueType type, int slice, int feature) implements OnDemandInput {}

    /** A column of the entity rows, under the same name. */
    record FromRequest(String name, ValueType type) implements OnDemandInput {}
}

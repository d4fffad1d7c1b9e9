package dev.manciple.transform;

import dev.manciple.model.Field;

/** One feature of an answer: the name the caller sees and where its values come from. */
public sealed interface OutputFeature {
    String name();

    /** Read from a store: the position of its slice in the request, and its position in the slice. */
    record Stored(String name, Field field, int slice, int feature) implements OutputFeature {}

    /** Computed: the position of its on demand slice in the request, and its position in that slice. */
    record Computed(String name, Field field, int slice, int feature) implements OutputFeature {}
}

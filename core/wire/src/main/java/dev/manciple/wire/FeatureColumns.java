package dev.manciple.wire;

import dev.manciple.model.TypeNames;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.util.HashMap;
import java.util.Map;

/** Columns of registered schemas in the words of who defined them, of objects that only Feast can define too. */
public final class FeatureColumns {
    /** Feast's name for no type, and here for one it has that is not known. */
    private static final String NO_TYPE = "Invalid";

    private FeatureColumns() {}

    /** The type as definitions name it: {@code Float64}, {@code Array(String)}. */
    public static String type(FeatureSpecV2 column) {
        try {
            return TypeNames.of(FieldCodec.type(column));
        } catch (NotModelledException | IllegalArgumentException | IllegalStateException e) {
            return NO_TYPE;
        }
    }

    /** The tags without those that only say what its type is. */
    public static Map<String, String> tags(FeatureSpecV2 column) {
        Map<String, String> tags = new HashMap<>(column.getTagsMap());
        FieldCodec.RESERVED_TAGS.forEach(tags::remove);
        return tags;
    }
}

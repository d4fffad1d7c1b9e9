package dev.manciple.repo;

import dev.manciple.repo.Shape.Block;
import dev.manciple.repo.Shape.ListOf;
import dev.manciple.repo.Shape.MapOf;
import dev.manciple.repo.Shape.Plain;
import java.util.List;

/** The shapes all kinds of definitions share. */
final class FieldShapes {
    static final MapOf TAGS = new MapOf(Plain.LABEL);

    static final List<Shape.Key> ABOUT = List.of(
            Shape.Key.of("description", Plain.TEXT, "What it is, for people."),
            Shape.Key.of("owner", Plain.LABEL, "Who answers for it."),
            Shape.Key.of("tags", TAGS, "Free names and values, for people and for routing.")
                    .or("labels"));

    static final Block FIELD = new Block(
            "field",
            () -> List.of(
                    Shape.Key.required("name", Plain.TEXT, "The column's name, after the source's field mapping."),
                    Shape.Key.required(
                                    "dtype",
                                    Plain.VALUE_TYPE,
                                    "The type, by Feast's type or value-type name, in any case.")
                            .or("value_type", "type"),
                    Shape.Key.of("description", Plain.TEXT, "What it is, for people."),
                    Shape.Key.of("tags", TAGS, "Free names and values.").or("labels"),
                    Shape.Key.of(
                            "vector_index", Plain.FLAG, "Whether online stores index the feature for vector search."),
                    Shape.Key.of("vector_length", Plain.WHOLE, "How many numbers the vector has."),
                    Shape.Key.of("vector_search_metric", Plain.TEXT, "The distance, such as cosine or L2.")));

    static final ListOf FIELDS = new ListOf(FIELD);

    private FieldShapes() {}
}

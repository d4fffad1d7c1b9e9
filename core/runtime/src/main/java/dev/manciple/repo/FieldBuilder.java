package dev.manciple.repo;

import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.util.List;

/** Makes columns of YAML that has the shape of fields. */
final class FieldBuilder {
    private FieldBuilder() {}

    static List<Field> fields(Section section, String key) {
        return section.mappings(key).stream()
                .map(node -> field(new Section(FieldShapes.FIELD, node)))
                .toList();
    }

    private static Field field(Section field) {
        return new Field(
                field.text("name").orElse(""),
                ValueTypes.parse(field.text("dtype").orElse("")),
                field.text("description").orElse(""),
                field.map("tags"),
                vectorOptions(field));
    }

    /** The model has no words for these; the registry's codec writes them where Feast has them. */
    private static Extras vectorOptions(Section field) {
        FeatureSpecV2.Builder options = FeatureSpecV2.newBuilder().setVectorIndex(field.flag("vector_index", false));
        field.scalar("vector_length")
                .ifPresent(
                        length -> options.setVectorLength(Scalars.number(length).intValue()));
        field.text("vector_search_metric").ifPresent(options::setVectorSearchMetric);
        FeatureSpecV2 built = options.build();
        return built.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(built.toByteString().asReadOnlyByteBuffer());
    }
}

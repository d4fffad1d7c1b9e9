package dev.manciple.repo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Picks the shape of a data source by its type or, without one, by its other keys. */
enum SourceChooser implements Shape.VariantChooser {
    SOURCE;

    @Override
    public Optional<Shape> choose(YamlNode.Mapping source, Shape.Complaint complaint) {
        Optional<YamlNode> type = source.get("type").filter(node -> !node.isNull());
        if (type.isEmpty()) {
            Optional<Shape> seen = SourceShapes.seenFrom(source).map(SourceShapes::block);
            if (seen.isEmpty()) {
                complaint.say(source.at(), "a source needs a 'path' or a 'type': one of " + String.join(", ", types()));
            }
            return seen;
        }
        if (type.get() instanceof YamlNode.Scalar name && name.value() instanceof String) {
            return Optional.of(SourceShapes.named(name.text())
                    .<Shape>map(SourceShapes::block)
                    .orElse(Shape.OpenBlock.OPEN_BLOCK));
        }
        complaint.say(type.get().at(), "type must be text, was " + type.get().described());
        return Optional.empty();
    }

    @Override
    public List<Shape.Variant> variants() {
        return Arrays.stream(SourceShapes.values())
                .map(source -> new Shape.Variant(List.of(source.type(), source.feastClass()), source.block()))
                .toList();
    }

    static List<String> types() {
        return Arrays.stream(SourceShapes.values()).map(SourceShapes::type).toList();
    }
}

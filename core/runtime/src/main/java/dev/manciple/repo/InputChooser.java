package dev.manciple.repo;

import java.util.List;
import java.util.Optional;

/** Picks the shape of one input of an on demand view: a request source has a schema, a view has none here. */
enum InputChooser implements Shape.VariantChooser {
    INPUT;

    @Override
    public Optional<Shape> choose(YamlNode.Mapping input, Shape.Complaint complaint) {
        return Optional.of(isRequest(input) ? SourceShapes.REQUEST.block() : DefinitionShapes.PROJECTION);
    }

    @Override
    public List<Shape.Variant> variants() {
        return List.of(
                new Shape.Variant(List.of(), SourceShapes.REQUEST.block()),
                new Shape.Variant(List.of(), DefinitionShapes.PROJECTION));
    }

    static boolean isRequest(YamlNode.Mapping input) {
        return input.entries().containsKey("schema") || input.entries().containsKey("type");
    }
}

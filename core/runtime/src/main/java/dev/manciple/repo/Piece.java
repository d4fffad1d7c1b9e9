package dev.manciple.repo;

import java.util.Optional;

/**
 * One definition as a file writes it.
 *
 * @param part its kind
 */
record Piece(DefinitionShapes.Part part, YamlNode.Mapping node) {
    /** Its name, if it has one that is text. */
    Optional<String> name() {
        return node.get("name")
                .filter(YamlNode.Scalar.class::isInstance)
                .map(name -> ((YamlNode.Scalar) name).text())
                .filter(name -> !name.isEmpty());
    }

    /** How messages name it. */
    String subject() {
        return name().map(name -> "%s '%s'".formatted(part.kind.words(), name)).orElse(part.kind.words());
    }
}

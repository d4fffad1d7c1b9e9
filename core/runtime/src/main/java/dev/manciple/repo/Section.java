package dev.manciple.repo;

import java.util.Optional;
import java.util.stream.Stream;

/** Reads the keys of {@link RepoConfigReader#FILE} by their first names. */
record Section(YamlNode.Mapping mapping) {
    /** The value of a key, null included; empty where it is not written. */
    Optional<YamlNode> written(String key) {
        Stream<String> spellings = RepoConfigReader.FILE.key(key).stream().flatMap(known -> known.spellings().stream());
        return spellings.flatMap(spelling -> mapping.get(spelling).stream()).findFirst();
    }

    /** The value of a key that is not null. */
    Optional<YamlNode> node(String key) {
        return written(key).filter(node -> !node.isNull());
    }

    Optional<YamlNode.Scalar> scalar(String key) {
        return node(key).filter(YamlNode.Scalar.class::isInstance).map(YamlNode.Scalar.class::cast);
    }

    Optional<String> text(String key) {
        return scalar(key).map(YamlNode.Scalar::text);
    }
}

package dev.manciple.repo;

import dev.manciple.model.About;
import dev.manciple.plugin.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the keys of a block by their first names, whichever spelling the file uses. */
record Section(Shape.Block block, YamlNode.Mapping mapping) {
    /** The value of a key, null included; empty where it is not written. */
    Optional<YamlNode> written(String key) {
        return block.key(key).stream()
                .flatMap(known -> known.spellings().stream())
                .flatMap(spelling -> mapping.get(spelling).stream())
                .findFirst();
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

    boolean flag(String key, boolean absent) {
        return scalar(key).map(Scalars::flag).orElse(absent);
    }

    Duration duration(String key) {
        return text(key).map(Durations::parse).orElse(Duration.ZERO);
    }

    /** The elements of a list, or the one value that stands where a list may. */
    List<YamlNode> list(String key) {
        return node(key)
                .map(node -> node instanceof YamlNode.Sequence list ? list.elements() : List.of(node))
                .orElse(List.of());
    }

    List<YamlNode.Mapping> mappings(String key) {
        return list(key).stream()
                .filter(YamlNode.Mapping.class::isInstance)
                .map(YamlNode.Mapping.class::cast)
                .toList();
    }

    List<String> texts(String key) {
        return list(key).stream()
                .filter(YamlNode.Scalar.class::isInstance)
                .map(node -> ((YamlNode.Scalar) node).text())
                .toList();
    }

    /** Names and values in the order written. */
    Map<String, String> map(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        if (node(key).orElse(null) instanceof YamlNode.Mapping entries) {
            entries.entries().forEach((name, entry) -> {
                if (entry.value() instanceof YamlNode.Scalar value) {
                    map.put(name, value.text());
                }
            });
        }
        return map;
    }

    About about() {
        return new About(text("description").orElse(""), text("owner").orElse(""), map("tags"));
    }
}

package dev.manciple.repo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A piece of a YAML file that knows where it stands. */
sealed interface YamlNode {
    Position at();

    /** As a message shows it; never more than one scalar. */
    String described();

    /** As plain Java values: text, numbers, booleans, lists, maps and null. */
    @Nullable
    Object plain();

    /**
     * @param value text, number, boolean or null
     * @param text as written, quotes removed and variables replaced
     */
    record Scalar(Position at, @Nullable Object value, String text) implements YamlNode {
        @Override
        public String described() {
            return value == null ? "empty" : value instanceof String ? "'" + text + "'" : text;
        }

        @Override
        public @Nullable Object plain() {
            return value;
        }
    }

    record Sequence(Position at, List<YamlNode> elements) implements YamlNode {
        public Sequence {
            elements = List.copyOf(elements);
        }

        @Override
        public String described() {
            return "a list";
        }

        @Override
        public Object plain() {
            List<@Nullable Object> plain = new ArrayList<>();
            elements.forEach(element -> plain.add(element.plain()));
            return plain;
        }
    }

    /** @param entries in the order written */
    record Mapping(Position at, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String described() {
            return "a mapping";
        }

        @Override
        public Map<String, Object> plain() {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            entries.forEach((key, entry) -> plain.put(key, entry.value().plain()));
            return nullsIncluded(plain);
        }

        /** Store configurations carry nulls of YAML in a type that does not say so. */
        @SuppressWarnings("NullAway")
        private static Map<String, Object> nullsIncluded(Map<String, @Nullable Object> map) {
            return map;
        }

        Optional<YamlNode> get(String key) {
            return Optional.ofNullable(entries.get(key)).map(Entry::value);
        }
    }

    /** @param at where the key stands */
    record Entry(Position at, YamlNode value) {}

    /** Whether nothing but null is written here. */
    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.value() == null;
    }
}

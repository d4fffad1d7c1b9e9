package dev.manciple.repo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What may stand at some place of a YAML file. The loader checks files against shapes, and the published JSON Schemas are
 * written from the same shapes, so that the two cannot disagree.
 */
sealed interface Shape {
    /** A value without parts. */
    enum Plain implements Shape {
        TEXT("text"),
        /** Any scalar, taken as it is written, so that tags need no quotes. */
        LABEL("text"),
        FLAG("true or false"),
        WHOLE("a whole number"),
        NUMBER("a number"),
        DURATION("a duration such as 7d, 12h, 90s, a number of seconds or PT12H"),
        VALUE_TYPE("a type such as Int64, String or Array(Float32)"),
        ANYTHING("anything");

        private final String words;

        Plain(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** One of a few words, in any case. */
    record Word(List<String> words) implements Shape {}

    record ListOf(Shape element) implements Shape {}

    /** A mapping from names to values of one shape. */
    record MapOf(Shape value) implements Shape {}

    /**
     * A mapping with known keys.
     *
     * @param name what the schema calls it
     * @param keys supplied late, since blocks nest
     */
    record Block(String name, Supplier<List<Key>> keys) implements Shape {
        List<String> spellings() {
            return keys.get().stream().flatMap(key -> key.spellings().stream()).toList();
        }

        Optional<Key> key(String spelling) {
            return keys.get().stream()
                    .filter(key -> key.spellings().contains(spelling))
                    .findFirst();
        }
    }

    /** A mapping whose keys somebody else checks. */
    enum OpenBlock implements Shape {
        OPEN_BLOCK
    }

    /** A scalar, list or mapping: the one whose outer form fits is meant. */
    record Either(List<Shape> shapes) implements Shape {}

    /**
     * A mapping whose keys depend on others of its keys.
     *
     * @param chooser picks
     */
    record Variants(String name, VariantChooser chooser) implements Shape {}

    /** Picks the shape of a mapping by looking into it. */
    interface VariantChooser {
        /** Notes a problem and is empty where no variant fits. */
        Optional<Shape> choose(YamlNode.Mapping mapping, Complaint complaint);

        /** Every variant with the values of {@code type} that choose it; an empty list means that it needs no type. */
        List<Variant> variants();
    }

    record Variant(List<String> types, Shape shape) {}

    /** Takes a problem of the place that is being looked at. */
    interface Complaint {
        void say(Position at, String text);
    }

    /**
     * A key of a block. One that is not required may be null, which is as if it were absent.
     *
     * @param spellings the name documentation uses first, then others that mean the same
     * @param about one sentence for people
     */
    record Key(List<String> spellings, Shape shape, boolean required, String about) {
        static Key of(String name, Shape shape, String about) {
            return new Key(List.of(name), shape, false, about);
        }

        static Key required(String name, Shape shape, String about) {
            return new Key(List.of(name), shape, true, about);
        }

        Key or(String... others) {
            List<String> all =
                    Stream.concat(spellings.stream(), Arrays.stream(others)).toList();
            return new Key(all, shape, required, about);
        }

        String name() {
            return spellings.getFirst();
        }
    }
}

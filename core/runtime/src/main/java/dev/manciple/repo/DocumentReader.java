package dev.manciple.repo;

import dev.manciple.plugin.NearestName;
import dev.manciple.repo.DefinitionShapes.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes documents apart into definitions. A document holds lists under the names of the kinds, or one definition, whose kind
 * its key {@code kind} says or, without that, its other keys.
 */
final class DocumentReader {
    private static final String KIND = "kind";

    /** What says nothing of the kind. */
    private static final Set<String> ANY_KIND = Stream.concat(
                    Stream.of("name"), FieldShapes.ABOUT.stream().flatMap(key -> key.spellings().stream()))
            .collect(Collectors.toUnmodifiableSet());

    private final Problems problems;
    private final List<Piece> pieces = new ArrayList<>();

    DocumentReader(Problems problems) {
        this.problems = problems;
    }

    /** Everything read so far. */
    List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    void read(YamlNode document) {
        switch (document) {
            case YamlNode.Mapping mapping -> {
                if (isLists(mapping)) {
                    lists(mapping);
                } else {
                    single(mapping);
                }
            }
            case YamlNode.Sequence sequence -> sequence.elements().forEach(this::read);
            case YamlNode.Scalar scalar ->
                problems.add(
                        scalar.at(),
                        "must be a definition or lists of definitions, was %s; if this file has none, name it in .feastignore"
                                .formatted(scalar.described()));
        }
    }

    /** Views have a key called as the list of entities, but also a name. */
    private static boolean isLists(YamlNode.Mapping document) {
        Map<String, YamlNode.Entry> entries = document.entries();
        return !entries.containsKey("name")
                && !entries.containsKey(KIND)
                && Arrays.stream(Part.values()).anyMatch(part -> entries.containsKey(part.list));
    }

    private void lists(YamlNode.Mapping document) {
        List<String> known = Arrays.stream(Part.values()).map(part -> part.list).toList();
        document.entries().forEach((key, entry) -> {
            Optional<Part> part = Arrays.stream(Part.values())
                    .filter(candidate -> candidate.list.equals(key))
                    .findFirst();
            if (part.isEmpty()) {
                problems.add(entry.at(), "%s: unknown key%s".formatted(key, ShapeChecker.hint(key, known)));
            } else if (entry.value() instanceof YamlNode.Sequence list) {
                list.elements().forEach(element -> element(part.get(), element));
            } else if (!entry.value().isNull()) {
                problems.add(
                        entry.at(),
                        "%s: must be a list, was %s"
                                .formatted(key, entry.value().described()));
            }
        });
    }

    private void element(Part part, YamlNode element) {
        if (element instanceof YamlNode.Mapping mapping) {
            pieces.add(new Piece(part, mapping));
        } else {
            problems.add(
                    element.at(),
                    "%s: every element must be a mapping, one is %s".formatted(part.list, element.described()));
        }
    }

    private void single(YamlNode.Mapping document) {
        Optional<YamlNode> kind = document.get(KIND);
        Optional<Part> part = kind.isPresent() ? named(kind.get()) : seenFrom(document);
        part.ifPresent(known -> {
            Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(document.entries());
            entries.remove(KIND);
            pieces.add(new Piece(known, new YamlNode.Mapping(document.at(), entries)));
        });
    }

    /** {@code feature_view}, {@code FeatureView} and {@code feature view} mean the same. */
    private Optional<Part> named(YamlNode kind) {
        String name = kind instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        String plain = name.replaceAll("[_\\s-]", "").toLowerCase(Locale.ROOT);
        Optional<Part> part = Arrays.stream(Part.values())
                .filter(candidate -> candidate.word.replace("_", "").equals(plain))
                .findFirst();
        if (part.isEmpty()) {
            List<String> known = Arrays.stream(Part.values())
                    .map(candidate -> candidate.word)
                    .toList();
            problems.add(
                    kind.at(),
                    "kind: must be one of %s, was %s%s"
                            .formatted(String.join(", ", known), kind.described(), NearestName.hint(name, known)));
        }
        return part;
    }

    private Optional<Part> seenFrom(YamlNode.Mapping document) {
        if (fitsEveryKind(document)) {
            return undecided(document, List.of(Part.values()));
        }
        List<Part> fitting = Arrays.stream(Part.values())
                .filter(part -> unknownKeys(part, document) == 0 && part.isComplete(document))
                .toList();
        if (fitting.size() == 1) {
            return Optional.of(fitting.getFirst());
        }
        List<Part> candidates = fitting.isEmpty() ? nearest(document) : fitting;
        if (candidates.size() == 1) {
            return Optional.of(candidates.getFirst());
        }
        return undecided(document, candidates);
    }

    /** A name with nothing but what every kind may have beside it would make an entity of what may be a slip. */
    private static boolean fitsEveryKind(YamlNode.Mapping document) {
        return document.entries().containsKey("name")
                && document.entries().keySet().stream().allMatch(ANY_KIND::contains);
    }

    private Optional<Part> undecided(YamlNode.Mapping document, List<Part> candidates) {
        String keys = String.join(", ", document.entries().keySet());
        problems.add(
                document.at(),
                candidates.isEmpty()
                        ? "the keys %s belong to no kind of definition; if this file has none, name it in .feastignore"
                                .formatted(keys)
                        : "the keys %s do not tell what this defines: add a line such as 'kind: %s', one of %s"
                                .formatted(keys, candidates.getFirst().word, words(candidates)));
        return Optional.empty();
    }

    /** The kinds that know the most keys of a document none fits, provided that it has a name. */
    private static List<Part> nearest(YamlNode.Mapping document) {
        if (!document.entries().containsKey("name")) {
            return List.of();
        }
        int fewest = Arrays.stream(Part.values())
                .mapToInt(part -> unknownKeys(part, document))
                .min()
                .orElse(0);
        List<Part> near = Arrays.stream(Part.values())
                .filter(part -> unknownKeys(part, document) == fewest)
                .toList();
        List<Part> complete =
                near.stream().filter(part -> part.isComplete(document)).toList();
        return complete.isEmpty() ? near : complete;
    }

    private static int unknownKeys(Part part, YamlNode.Mapping document) {
        List<String> known = part.spellings();
        return (int) document.entries().keySet().stream()
                .filter(key -> !known.contains(key))
                .count();
    }

    private static String words(List<Part> parts) {
        return parts.stream().map(part -> part.word).collect(Collectors.joining(", "));
    }
}

package dev.manciple.cli;

import dev.manciple.model.Definition;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many there are of something, in words. */
final class Counts {
    private Counts() {}

    /** Definitions by their kinds. */
    static String of(List<Definition> definitions) {
        Map<Definition.Kind, Integer> counts = new EnumMap<>(Definition.Kind.class);
        definitions.forEach(definition -> counts.merge(definition.kind(), 1, Integer::sum));
        if (counts.isEmpty()) {
            return "none";
        }
        return counts.entrySet().stream()
                .map(entry -> of(entry.getKey().words(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** A number with its noun, such as {@code 2 entities}. */
    static String of(String noun, int count) {
        if (count == 1) {
            return "1 " + noun;
        }
        String plural = noun.endsWith("y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
        return "%d %s".formatted(count, plural);
    }
}

package dev.manciple.cli;

import dev.manciple.model.Definition;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many definitions of each kind, in words. */
final class Counts {
    private Counts() {}

    static String of(List<Definition> definitions) {
        Map<Definition.Kind, Integer> counts = new EnumMap<>(Definition.Kind.class);
        definitions.forEach(definition -> counts.merge(definition.kind(), 1, Integer::sum));
        if (counts.isEmpty()) {
            return "none";
        }
        return counts.entrySet().stream()
                .map(entry -> "%d %s".formatted(entry.getValue(), plural(entry.getKey(), entry.getValue())))
                .collect(Collectors.joining(", "));
    }

    private static String plural(Definition.Kind kind, int count) {
        String noun = kind.words();
        if (count == 1) {
            return noun;
        }
        return noun.endsWith("y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }
}

package dev.manciple.cli;

import dev.manciple.model.Definition;
import dev.manciple.spi.internal.Counted;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many definitions there are, in words. */
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
                .map(entry -> Counted.of(entry.getValue(), entry.getKey().words()))
                .collect(Collectors.joining(", "));
    }
}

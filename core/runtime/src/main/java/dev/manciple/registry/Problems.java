package dev.manciple.registry;

import dev.manciple.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything found wrong with a repository's definitions, reported at once and each only once. */
final class Problems {
    private final Set<String> sentences = new LinkedHashSet<>();

    void add(String sentence, @Nullable Object... values) {
        sentences.add(sentence.formatted(values));
    }

    void throwIfAny(String project) {
        if (!sentences.isEmpty()) {
            List<String> found = new ArrayList<>(sentences);
            throw new ConfigException("definitions of project '%s'".formatted(project), found);
        }
    }
}

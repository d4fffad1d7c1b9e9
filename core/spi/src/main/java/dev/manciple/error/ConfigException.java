package dev.manciple.error;

import java.util.List;

/** A file the user wrote is wrong. Carries every problem found, not only the first. */
public final class ConfigException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * @param where the file, and the section where it helps
     * @param problems one sentence each, starting with the key
     */
    public ConfigException(String where, List<String> problems) {
        super(message(where, problems), null);
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }

    private static String message(String where, List<String> problems) {
        return problems.size() == 1
                ? where + ": " + problems.getFirst()
                : "%s: %d problems%n  %s".formatted(where, problems.size(), String.join("%n  ".formatted(), problems));
    }
}

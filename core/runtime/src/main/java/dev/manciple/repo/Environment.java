package dev.manciple.repo;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces {@code $NAME} and <code>${NAME}</code> by the value of that environment variable. */
record Environment(Map<String, String> variables) {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([^}]*)\\}|(\\w+))");

    static final Environment NONE = new Environment(Map.of());

    Environment {
        variables = Map.copyOf(variables);
    }

    static boolean appearsIn(String text) {
        return VARIABLE.matcher(text).find();
    }

    /** @param undefined told the name of every variable that is not set */
    String expand(String text, Consumer<String> undefined) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            String value = variables.get(name);
            if (value == null) {
                undefined.accept(name);
                return Matcher.quoteReplacement(match.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }
}

package dev.manciple.model;

import java.util.regex.Pattern;

/** A feature by its view (or a view's alias) and its name. */
public record FeatureRef(String view, String feature) {
    private static final Pattern PRESENT = Pattern.compile("@(latest)?$", Pattern.CASE_INSENSITIVE);

    /**
     * Reads {@code view:feature}, and {@code view@latest:feature}, which is the same: a view as it is now.
     *
     * @throws IllegalArgumentException if a part is missing
     */
    public static FeatureRef parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("Invalid feature reference '%s': expected view:feature".formatted(text));
        }
        return new FeatureRef(view(text.substring(0, colon)), text.substring(colon + 1));
    }

    private static String view(String named) {
        return named.indexOf('@') <= 0 ? named : PRESENT.matcher(named).replaceFirst("");
    }

    @Override
    public String toString() {
        return view + ":" + feature;
    }
}

package dev.manciple.model;

/** A feature by its view (or a view's alias) and its name. */
public record FeatureRef(String view, String feature) {
    /**
     * Reads {@code view:feature}.
     *
     * @throws IllegalArgumentException if a part is missing
     */
    public static FeatureRef parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("Invalid feature reference '%s': expected view:feature".formatted(text));
        }
        return new FeatureRef(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return view + ":" + feature;
    }
}

package dev.manciple;

/**
 * @param fullFeatureNames whether output columns are {@code view__feature}
 * @param filterByCreated whether rows created after the entity row's time are left out
 */
public record RetrievalOptions(boolean fullFeatureNames, boolean filterByCreated) {
    public static final RetrievalOptions DEFAULT = new RetrievalOptions(false, false);
}

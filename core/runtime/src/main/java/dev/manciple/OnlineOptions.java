package dev.manciple;

/**
 * @param fullFeatureNames whether features are named {@code view__feature}
 * @param expiredValues whether a value past its view's TTL is returned beside its status rather than left unset
 */
public record OnlineOptions(boolean fullFeatureNames, boolean expiredValues) {
    public static final OnlineOptions DEFAULT = new OnlineOptions(false, false);
}

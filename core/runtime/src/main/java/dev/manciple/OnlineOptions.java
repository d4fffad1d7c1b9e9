package dev.manciple;

/**
 * @param fullFeatureNames whether features are named {@code view__feature}
 * @param expiredValues whether a value past its view's TTL is returned beside its status rather than left unset
 * @param feastStatuses whether statuses are those of Feast's Python server: ages are not judged, and a stored null is
 *     {@code PRESENT}
 * @param base64 whether a text given for a key of bytes is base64, as bytes are in JSON, rather than UTF-8
 */
public record OnlineOptions(boolean fullFeatureNames, boolean expiredValues, boolean feastStatuses, boolean base64) {
    public static final OnlineOptions DEFAULT = new OnlineOptions(false, false);

    /** With Manciple's statuses. */
    public OnlineOptions(boolean fullFeatureNames, boolean expiredValues) {
        this(fullFeatureNames, expiredValues, false, false);
    }
}

package dev.manciple.error;

/** A name that was asked for does not exist. */
public final class NotFoundException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    public NotFoundException(String kind, String name) {
        super("%s '%s' does not exist".formatted(kind, name), null);
    }

    /** @param hint what exists instead, or how to make it exist */
    public NotFoundException(String kind, String name, String hint) {
        super("%s '%s' does not exist. %s".formatted(kind, name, hint), null);
    }
}

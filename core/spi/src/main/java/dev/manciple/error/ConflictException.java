package dev.manciple.error;

/** The state moved on since the caller read it; read again and retry. */
public final class ConflictException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    public ConflictException(String message) {
        super(message, null);
    }
}

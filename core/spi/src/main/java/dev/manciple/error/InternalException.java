package dev.manciple.error;

/** Manciple broke a rule of its own; worth a bug report. */
public final class InternalException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    public InternalException(String message) {
        super(message, null);
    }

    public InternalException(String message, Throwable cause) {
        super(message, cause);
    }
}

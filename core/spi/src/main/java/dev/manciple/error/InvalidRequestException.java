package dev.manciple.error;

/** The caller asked for something that makes no sense; asking again unchanged will not help. */
public final class InvalidRequestException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message, null);
    }

    public InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}

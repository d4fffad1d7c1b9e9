package dev.manciple.error;

import org.jspecify.annotations.Nullable;

/** The caller asked for something that makes no sense; asking again unchanged will not help. */
public final class InvalidRequestException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for those who tell it in the words of another protocol. */
    public enum Reason {
        /** What the message says. */
        OTHER,
        /** There is something where something new was to be written. */
        PLACE_TAKEN,
        /** A view of another kind has the name. */
        NAME_TAKEN
    }

    private final Reason reason;

    public InvalidRequestException(String message) {
        this(Reason.OTHER, message, null);
    }

    public InvalidRequestException(String message, Throwable cause) {
        this(Reason.OTHER, message, cause);
    }

    public InvalidRequestException(Reason reason, String message) {
        this(reason, message, null);
    }

    public InvalidRequestException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

package dev.manciple.error;

import org.jspecify.annotations.Nullable;

/** A server does not know who calls, or the caller may not do what was asked. Messages never hold a token. */
public final class AccessException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    /** Why the caller was turned away. */
    public enum Reason {
        /** There is no token, or none that is good: another token may help. */
        UNAUTHENTICATED,
        /** The caller is known and lacks the permission: asking again does not help. */
        DENIED
    }

    private final Reason reason;

    public AccessException(Reason reason, String message) {
        this(reason, message, null);
    }

    public AccessException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

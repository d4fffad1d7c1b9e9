package dev.manciple.error;

import org.jspecify.annotations.Nullable;

/** Everything Manciple throws on purpose. Messages state the fact, the value, and where possible the way out. */
public abstract sealed class FeatureStoreException extends RuntimeException
        permits AccessException,
                InvalidRequestException,
                NotFoundException,
                ConflictException,
                UnsupportedException,
                ConfigException,
                StoreException,
                InternalException {
    private static final long serialVersionUID = 1L;

    FeatureStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

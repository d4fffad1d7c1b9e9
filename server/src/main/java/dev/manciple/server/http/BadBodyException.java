package dev.manciple.server.http;

import org.jspecify.annotations.Nullable;

/** A body that is not of the shape the route takes; Feast's server says so with status 422 and a list of details. */
final class BadBodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String place;

    BadBodyException(String place, String message) {
        this(place, message, null);
    }

    BadBodyException(String place, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.place = place;
    }

    String place() {
        return place;
    }
}

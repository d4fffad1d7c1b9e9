package dev.manciple.wire;

/** A stored object says something the model has no words for, so the object is kept as it is. Never leaves this package. */
final class NotModelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotModelledException(String message) {
        super(message);
    }
}

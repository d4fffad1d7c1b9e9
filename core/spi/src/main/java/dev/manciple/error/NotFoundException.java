package dev.manciple.error;

import org.jspecify.annotations.Nullable;

/** A name that was asked for does not exist. */
public final class NotFoundException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    private final String kind;
    private final String name;

    public NotFoundException(String kind, String name) {
        super("%s '%s' does not exist".formatted(kind, name), null);
        this.kind = kind;
        this.name = name;
    }

    /** @param hint what exists instead, or how to make it exist */
    public NotFoundException(String kind, String name, String hint) {
        super("%s '%s' does not exist. %s".formatted(kind, name, hint), null);
        this.kind = kind;
        this.name = name;
    }

    private NotFoundException(String message, @Nullable Throwable cause, String kind, String name) {
        super(message, cause);
        this.kind = kind;
        this.name = name;
    }

    /**
     * For what nobody gave a name.
     *
     * @param kind of what is missing
     * @param sentence which says so
     */
    public static NotFoundException unnamed(String kind, String sentence) {
        return new NotFoundException(sentence, null, kind, "");
    }

    /** What kind of thing is missing, as the message says it: {@code Feature view}. */
    public String kind() {
        return kind;
    }

    /** The name that was asked for. */
    public String name() {
        return name;
    }
}

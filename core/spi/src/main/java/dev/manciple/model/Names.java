package dev.manciple.model;

/** The one rule every name obeys. */
final class Names {
    private Names() {}

    static void require(String name, String what) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("Every " + what + " needs a name");
        }
    }

    /** Feast reserves {@code @} for version references and {@code :} for feature references. */
    static void requireViewName(String name, String what) {
        require(name, what);
        if (name.indexOf('@') >= 0 || name.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "The name of %s '%s' must contain neither '@' nor ':': both are reserved in feature references"
                            .formatted(what, name));
        }
    }
}

package dev.manciple.server.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A body or a query that is not of the shape the route takes; Feast's web framework says so with status 422 and a list of details,
 * whose places, names and sentences programs may know.
 */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a key should hold. */
    enum Expected {
        TEXT("string_type", "Input should be a valid string"),
        OBJECT("dict_type", "Input should be a valid dictionary"),
        LIST("list_type", "Input should be a valid list"),
        FLAG("bool_type", "Input should be a valid boolean"),
        WHOLE("int_type", "Input should be a valid integer"),
        NUMBER("float_type", "Input should be a valid number");

        private final String type;
        private final String sentence;

        Expected(String type, String sentence) {
            this.type = type;
            this.sentence = sentence;
        }
    }

    private final transient List<String> place;
    private final String type;

    private BadInputException(List<String> place, String type, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.place = place;
        this.type = type;
    }

    /** The body as a whole. */
    static BadInputException body(String type, String message, @Nullable Throwable cause) {
        return new BadInputException(List.of("body"), type, message, cause);
    }

    /** What is at a key of the body, or at one below it. */
    static BadInputException key(Expected expected, String... keys) {
        return new BadInputException(below("body", keys), expected.type, expected.sentence, null);
    }

    /** A key that must be there. */
    static BadInputException missing(String key) {
        return new BadInputException(below("body", key), "missing", "Field required", null);
    }

    static BadInputException query(String name, String type, String message) {
        return new BadInputException(below("query", name), type, message, null);
    }

    private static List<String> below(String root, String... keys) {
        List<String> place = new ArrayList<>(List.of(root));
        place.addAll(List.of(keys));
        return List.copyOf(place);
    }

    /** Where it is, the outermost first. */
    List<String> place() {
        return place;
    }

    /** What is wrong, for programs. */
    String type() {
        return type;
    }
}

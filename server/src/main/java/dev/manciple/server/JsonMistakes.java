package dev.manciple.server;

import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** What is wrong with text that should be JSON, for who sent it: parsers tell of their own switches and classes. */
public final class JsonMistakes {
    private JsonMistakes() {}

    /** A sentence without its subject, such as {@code is no JSON from line 1, column 7 on}. */
    public static String of(JacksonException mistake) {
        TokenStreamLocation place = mistake.getLocation();
        String where = place == null || place.getLineNr() < 1
                ? ""
                : " from line %d, column %d on".formatted(place.getLineNr(), place.getColumnNr());
        return switch (mistake) {
            case UnexpectedEndOfInputException end -> "ends before its JSON does";
            case StreamConstraintsException limit ->
                "is nested deeper, or has a longer number or text, than is read" + where;
            default -> "is no JSON" + where;
        };
    }
}

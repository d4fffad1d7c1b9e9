package dev.manciple.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** The text of a list in JSON, as it came. Its brackets match, and no more is known of it. */
final class UnreadList {
    private static final TypeReference<List<@Nullable Object>> LIST = new TypeReference<>() {};

    private final byte[] text;

    /** @param text UTF-8, which nobody changes */
    UnreadList(byte[] text) {
        this.text = text;
    }

    /** Not to be changed. */
    byte[] text() {
        return text;
    }

    /** @throws BadInputException if it is no list after all */
    List<@Nullable Object> read() {
        try {
            return Json.MAPPER.readValue(text, LIST);
        } catch (JacksonException e) {
            throw BadInputException.body("json_invalid", "JSON decode error: a list within the body is no JSON", e);
        }
    }
}

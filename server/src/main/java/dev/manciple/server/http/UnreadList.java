package dev.manciple.server.http;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** The text of a list in JSON, as it came; equal to one of the same bytes. Its brackets match, and no more is known of it. */
final class UnreadList {
    private static final TypeReference<List<@Nullable Object>> LIST = new TypeReference<>() {};

    private final byte[] text;
    private final int hash;

    /** @param text UTF-8, which nobody changes */
    UnreadList(byte[] text) {
        this.text = text;
        this.hash = Arrays.hashCode(text);
    }

    /** How many bytes it has. */
    int length() {
        return text.length;
    }

    /** @throws BadBodyException if it is no list after all */
    List<@Nullable Object> read() {
        try {
            return Json.MAPPER.readValue(text, LIST);
        } catch (JacksonException e) {
            throw new BadBodyException("body", "JSON decode error: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnreadList list && Arrays.equals(text, list.text);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

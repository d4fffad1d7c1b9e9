package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads tags as Feast's command line writes them. */
final class Tags {
    private Tags() {}

    static Map<String, String> parse(List<String> texts) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String text : texts) {
            int colon = text.indexOf(':');
            if (colon <= 0) {
                throw new InvalidRequestException("'%s' is not a tag: write key:value".formatted(text));
            }
            tags.put(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
        }
        return tags;
    }
}

package dev.manciple.wire;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParser;
import java.util.Map;

/** JSON inside and of Feast's messages. Comparison signs stay readable. */
final class Json {
    private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().create();
    private static final Gson INDENTED =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private Json() {}

    /** An object of texts, in the map's order. */
    static String write(Map<String, String> texts) {
        return COMPACT.toJson(texts);
    }

    /** One text, quoted. */
    static String text(String text) {
        return COMPACT.toJson(text);
    }

    /** The same JSON, indented. */
    static String indent(String json) {
        return INDENTED.toJson(JsonParser.parseString(json));
    }
}

package dev.manciple.wire;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;

/** The small JSON objects inside Feast's messages. */
final class Json {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private Json() {}

    /** An object of texts, in the map's order. */
    static String write(Map<String, String> texts) {
        return GSON.toJson(texts);
    }
}

package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads rows written as a JSON array of objects. */
final class JsonRows {
    private JsonRows() {}

    static List<Map<String, @Nullable Object>> parse(String json) {
        try {
            return JsonMapper.shared().readValue(json, new TypeReference<>() {});
        } catch (JacksonException e) {
            throw new InvalidRequestException(
                    "The rows are not a JSON array of objects, such as [{\"driver_id\": 1001, \"event_timestamp\": \"2025-01-01\"}]: "
                            + e.getOriginalMessage(),
                    e);
        }
    }
}

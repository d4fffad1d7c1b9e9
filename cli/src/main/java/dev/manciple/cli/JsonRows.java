package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads rows written as a JSON array of objects. */
final class JsonRows {
    private static final String EXPECTED =
            "The rows are not a JSON array of objects, such as [{\"driver_id\": 1001, \"event_timestamp\": \"2025-01-01\"}]";

    private JsonRows() {}

    static List<Map<String, @Nullable Object>> parse(String json) {
        JsonMapper mapper = JsonMapper.shared();
        try {
            JsonNode rows = mapper.readTree(json);
            if (!isArrayOfObjects(rows)) {
                throw new InvalidRequestException(EXPECTED);
            }
            return mapper.convertValue(rows, new TypeReference<>() {});
        } catch (JacksonException e) {
            throw new InvalidRequestException(EXPECTED + ": " + e.getOriginalMessage(), e);
        }
    }

    private static boolean isArrayOfObjects(JsonNode rows) {
        for (JsonNode row : rows) {
            if (!row.isObject()) {
                return false;
            }
        }
        return rows.isArray();
    }
}

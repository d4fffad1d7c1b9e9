package dev.manciple.repo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON with the separators of Python's writer, so that a source written here has the bytes Feast would give it. */
final class PythonJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private PythonJson() {}

    static ByteBuffer bytes(Map<String, Object> options) {
        String members = options.entrySet().stream()
                .map(option -> MAPPER.writeValueAsString(option.getKey()) + ": "
                        + MAPPER.writeValueAsString(option.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        return ByteBuffer.wrap(members.getBytes(StandardCharsets.UTF_8));
    }
}

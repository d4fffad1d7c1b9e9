package dev.manciple.server.http;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.JsonMistakes;
import dev.manciple.server.http.BadInputException.Expected;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** The body of a request, with its keys asked for by type. */
record Json(Map<String, @Nullable Object> body) {
    static final JsonMapper MAPPER = JsonMapper.shared();

    /** @throws BadInputException if the bytes are no JSON object */
    static Json parse(byte[] bytes) {
        try {
            Object body = MAPPER.readValue(bytes, Object.class);
            if (!(body instanceof Map<?, ?> object)) {
                throw BadInputException.body(
                        "model_attributes_type", "Input should be an object, not " + kind(body), null);
            }
            Map<String, @Nullable Object> keys = new LinkedHashMap<>();
            object.forEach((key, value) -> keys.put(String.valueOf(key), value));
            return new Json(keys);
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    private static BadInputException notJson(JacksonException e) {
        return BadInputException.body("json_invalid", "JSON decode error: the body " + JsonMistakes.of(e), e);
    }

    private static String kind(@Nullable Object json) {
        return switch (json) {
            case null -> "null";
            case List<?> list -> "a list";
            case String text -> "a text";
            case Boolean flag -> "true or false";
            default -> "a number";
        };
    }

    /**
     * Leaves the list at one key unread, which may be most of the body: what was read before from the same bytes need not be
     * read again.
     *
     * @throws BadInputException if the bytes are no JSON object; what is within the list is told by who reads it
     */
    static Json parse(byte[] bytes, String listLeftUnread) {
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return parse(bytes);
            }
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() != JsonToken.START_ARRAY || !key.equals(listLeftUnread)) {
                    body.put(key, parser.readValueAs(Object.class));
                    continue;
                }
                long from = parser.currentTokenLocation().getByteOffset();
                long to = parser.skipChildren().currentLocation().getByteOffset();
                if (from < 0 || to > bytes.length || bytes[(int) from] != '[' || bytes[(int) to - 1] != ']') {
                    // Of another encoding than UTF-8, which is rare: offsets are those of characters, if any.
                    return parse(bytes);
                }
                body.put(key, new UnreadList(Arrays.copyOfRange(bytes, (int) from, (int) to)));
            }
            return parser.nextToken() == null ? new Json(body) : parse(bytes);
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    Optional<String> text(String key) {
        return switch (body.get(key)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Object other -> throw BadInputException.key(Expected.TEXT, key);
        };
    }

    String requiredText(String key) {
        return text(key).orElseThrow(() -> lacking(key, Expected.TEXT));
    }

    private BadInputException lacking(String key, Expected expected) {
        return body.containsKey(key) ? BadInputException.key(expected, key) : BadInputException.missing(key);
    }

    /** @param absent what a missing key means */
    boolean flag(String key, boolean absent) {
        return switch (body.get(key)) {
            case null -> absent;
            case Boolean flag -> flag;
            case Object other -> throw BadInputException.key(Expected.FLAG, key);
        };
    }

    /** The list that was left unread, if there is one. */
    Optional<UnreadList> unread(String key) {
        return body.get(key) instanceof UnreadList list ? Optional.of(list) : Optional.empty();
    }

    List<String> texts(String key) {
        return switch (body.get(key)) {
            case null -> List.of();
            case UnreadList list ->
                list.read().stream().map(each -> text(key, each)).toList();
            case List<?> list -> list.stream().map(each -> text(key, each)).toList();
            case Object other -> throw BadInputException.key(Expected.LIST, key);
        };
    }

    Optional<Integer> whole(String key) {
        return switch (body.get(key)) {
            case null -> Optional.empty();
            case Integer number -> Optional.of(number);
            case Object other -> throw BadInputException.key(Expected.WHOLE, key);
        };
    }

    /** Empty where the key is missing, or null. */
    Optional<List<Float>> numbers(String key) {
        return switch (body.get(key)) {
            case null -> Optional.empty();
            case List<?> list ->
                Optional.of(list.stream().map(each -> number(key, each)).toList());
            case Object other -> throw BadInputException.key(Expected.LIST, key);
        };
    }

    private static Float number(String key, @Nullable Object element) {
        if (element instanceof Number number) {
            return number.floatValue();
        }
        throw BadInputException.key(Expected.NUMBER, key);
    }

    boolean has(String key) {
        return body.get(key) != null;
    }

    private static String text(String key, @Nullable Object element) {
        if (element instanceof String text) {
            return text;
        }
        throw BadInputException.key(Expected.TEXT, key);
    }

    /**
     * Columns of equal length.
     *
     * @param maxRows above which the request is refused
     */
    Map<String, List<?>> columns(String key, int maxRows) {
        if (!(body.get(key) instanceof Map<?, ?> object)) {
            throw lacking(key, Expected.OBJECT);
        }
        Map<String, List<?>> columns = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : object.entrySet()) {
            if (!(entry.getValue() instanceof List<?> values)) {
                throw BadInputException.key(Expected.LIST, key, String.valueOf(entry.getKey()));
            }
            if (values.size() > maxRows) {
                throw new InvalidRequestException("%s.%s has %,d rows; one request may have %,d. Send several requests"
                        .formatted(key, entry.getKey(), values.size(), maxRows));
            }
            columns.put(String.valueOf(entry.getKey()), values);
        }
        return columns;
    }
}

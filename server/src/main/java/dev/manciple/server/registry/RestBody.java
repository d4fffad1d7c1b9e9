package dev.manciple.server.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The JSON object a REST request came with. Keys nobody asks for are left alone, as in Feast. */
record RestBody(Map<String, @Nullable Object> members) {
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    /** @throws RestQuery.InvalidException if the bytes are no JSON object */
    static RestBody parse(byte[] bytes) {
        try {
            Map<String, @Nullable Object> members = JsonMapper.shared().readValue(bytes, OBJECT);
            if (members == null) {
                throw invalid("The body is null instead of a JSON object");
            }
            return new RestBody(members);
        } catch (JacksonException e) {
            throw invalid("The body is no JSON object: " + e.getOriginalMessage());
        }
    }

    static RestQuery.InvalidException invalid(String message) {
        return new RestQuery.InvalidException(422, message);
    }

    boolean has(String key) {
        return members.get(key) != null;
    }

    /** The name of the object the body is about. */
    String name() {
        return text("name");
    }

    String project() {
        return text("project");
    }

    /** A text that must be there. */
    String text(String key) {
        if (members.get(key) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw invalid("'%s' must be a text that is not empty".formatted(key));
    }

    /** A JSON object, none of whose keys need be there. */
    RestBody object(String key) {
        return new RestBody(object(key, members.get(key)));
    }

    /** A list of JSON objects; empty where there is none. */
    List<RestBody> objects(String key) {
        return switch (members.get(key)) {
            case null -> List.of();
            case List<?> list ->
                list.stream().map(element -> new RestBody(object(key, element))).toList();
            case Object other -> throw invalid("'%s' must be a list of objects, was %s".formatted(key, other));
        };
    }

    private static Map<String, @Nullable Object> object(String key, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw invalid("'%s' must be an object, was %s".formatted(key, value));
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((name, member) -> members.put(String.valueOf(name), member));
        return members;
    }

    /**
     * A message with what the body has of some of its fields.
     *
     * @param otherwise what the message is where the body has nothing; it is changed
     * @param fields as protobuf names them
     * @throws RestQuery.InvalidException if a value does not fit its field
     */
    <B extends Message.Builder> B into(B otherwise, Set<String> fields) {
        Map<String, @Nullable Object> known = new LinkedHashMap<>(members);
        known.keySet().retainAll(fields);
        // By itself first, since the parser takes a field that has a value already for one that was given twice.
        Message.Builder given = otherwise.getDefaultInstanceForType().newBuilderForType();
        try {
            JsonFormat.parser().merge(JsonMapper.shared().writeValueAsString(known), given);
            otherwise.mergeFrom(given.build());
            return otherwise;
        } catch (InvalidProtocolBufferException e) {
            throw invalid("The body does not fit: " + e.getMessage());
        }
    }
}

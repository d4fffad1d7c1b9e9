package dev.manciple.remote.online;

import dev.manciple.error.StoreException.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the body of an answer says of a failure (Feast: online serving, 4.7): a JSON text, itself the JSON of a class of Python's,
 * or an object of the server's framework, or whatever a proxy on the way wrote.
 *
 * @param message in one line
 * @param outcome of a write, where the server says it, as Manciple's does
 * @param applied rows of a write that the server says are stored
 */
record ServerFailure(String message, Optional<Outcome> outcome, List<Integer> applied) {
    private static final int MOST_CHARACTERS = 500;
    private static final JsonMapper JSON = JsonMapper.shared();

    ServerFailure {
        applied = List.copyOf(applied);
    }

    static ServerFailure of(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        JsonNode said = parsed(text);
        if (said.isString()) {
            JsonNode inner = parsed(said.asString());
            return inner.isObject() ? of(inner, said.asString()) : plain(said.asString());
        }
        return of(said, text);
    }

    private static ServerFailure of(JsonNode said, String text) {
        return new ServerFailure(
                shown(message(said, text)), outcome(said.path("outcome")), applied(said.path("applied")));
    }

    private static ServerFailure plain(String message) {
        return new ServerFailure(shown(message), Optional.empty(), List.of());
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static String message(JsonNode said, String text) {
        for (String key : List.of("message", "detail", "error")) {
            JsonNode value = said.path(key);
            if (value.isString()) {
                return value.asString();
            }
        }
        List<String> problems = new ArrayList<>();
        // What FastAPI makes of a body it does not like: a place and a message for each.
        for (JsonNode problem : said.path("detail")) {
            List<String> place = new ArrayList<>();
            problem.path("loc").forEach(step -> place.add(step.asString("")));
            problems.add(String.join(".", place) + ": " + problem.path("msg").asString(""));
        }
        return problems.isEmpty() ? text : String.join("; ", problems);
    }

    private static Optional<Outcome> outcome(JsonNode said) {
        for (Outcome outcome : Outcome.values()) {
            if (outcome.name().equals(said.asString(""))) {
                return Optional.of(outcome);
            }
        }
        return Optional.empty();
    }

    private static List<Integer> applied(JsonNode said) {
        List<Integer> applied = new ArrayList<>();
        said.forEach(position -> {
            if (position.isInt()) {
                applied.add(position.asInt());
            }
        });
        return applied;
    }

    /** In one line of bearable length, whatever a server sent. */
    private static String shown(String message) {
        String line = message.replaceAll("\\p{Cntrl}+", " ").strip();
        if (line.isEmpty()) {
            return "it gave no reason";
        }
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
    }
}

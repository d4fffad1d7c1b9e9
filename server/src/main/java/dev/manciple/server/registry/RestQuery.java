package dev.manciple.server.registry;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.helidon.common.parameters.Parameters;
import io.helidon.common.uri.UriQuery;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a REST request asks, its parameters by type.
 *
 * @param path the parts of the path that a route leaves open
 */
record RestQuery(UriQuery query, Parameters path) {
    private static final int MAX_LIMIT = 100;
    private static final int LIMIT_OF_ALL = 50;

    /** A parameter that is missing or makes no sense. */
    static final class InvalidException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        InvalidException(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** The name in the path. */
    String name() {
        return path.get("name");
    }

    String project() {
        return text("project").filter(project -> !project.isBlank()).orElseThrow(() -> required("project"));
    }

    /** What to say where a parameter is missing. */
    InvalidException required(String name) {
        return invalid("The parameter '%s' is required".formatted(name));
    }

    Optional<String> text(String name) {
        return query.contains(name) ? Optional.of(query.get(name)) : Optional.empty();
    }

    /** A parameter that may be given several times. */
    List<String> texts(String name) {
        return query.contains(name) ? query.all(name) : List.of();
    }

    /** Empty where it is not given. */
    String filter(String name) {
        return text(name).orElse("");
    }

    boolean flag(String name) {
        String text = text(name).orElse("false");
        return switch (text) {
            case "true", "True", "1" -> true;
            case "false", "False", "0" -> false;
            default -> throw invalid("'%s' must be true or false, was '%s'".formatted(name, text));
        };
    }

    /** {@code tags=key:value}, as often as there are tags. */
    Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String tag : texts("tags")) {
            int colon = tag.indexOf(':');
            if (colon < 0) {
                throw invalid("'tags' must be KEY:VALUE, was '%s'".formatted(tag));
            }
            tags.put(tag.substring(0, colon), tag.substring(colon + 1));
        }
        return tags;
    }

    Optional<Timestamp> updatedSince() {
        return text("updated_since").map(text -> {
            try {
                return Timestamps.parse(text);
            } catch (ParseException e) {
                throw new InvalidException(
                        400,
                        "Invalid 'updated_since' value '%s'; expected an ISO-8601 timestamp (e.g. 2024-01-01T00:00:00Z)."
                                .formatted(text));
            }
        });
    }

    Paging paging() {
        return paging(0, 0);
    }

    /** Of lists over all projects, which are never given whole. */
    Paging pagingOfAll() {
        return paging(1, LIMIT_OF_ALL);
    }

    /** As {@link #pagingOfAll}, of what has fields of its own to sort by, the best first. */
    Paging pagingOfResults(List<String> fields) {
        Paging asked = paging(1, LIMIT_OF_ALL);
        String field = text("sort_by").filter(text -> !text.isEmpty()).orElse(fields.getFirst());
        if (!fields.contains(field)) {
            throw new InvalidException(
                    400,
                    "Invalid sort_by parameter: '%s'. Valid options are: %s"
                            .formatted(field, fields.stream().collect(Collectors.joining("', '", "['", "']"))));
        }
        return new Paging(
                asked.page(),
                asked.limit(),
                field,
                !text("sort_order").orElse("desc").equals("asc"));
    }

    /** A whole number from one. */
    int count(String name, int byDefault) {
        return number(name, byDefault, Integer.MAX_VALUE);
    }

    /** How many are asked for, a hundred at most. */
    int limit(int byDefault) {
        return number("limit", byDefault, MAX_LIMIT);
    }

    private Paging paging(int page, int limit) {
        String order = text("sort_order").orElse("asc");
        if (!order.equals("asc") && !order.equals("desc")) {
            throw invalid("'sort_order' must be asc or desc, was '%s'".formatted(order));
        }
        return new Paging(
                number("page", page, Integer.MAX_VALUE),
                number("limit", limit, MAX_LIMIT),
                filter("sort_by"),
                order.equals("desc"));
    }

    private int number(String name, int byDefault, int max) {
        return text(name)
                .map(text -> {
                    if (!text.matches("[1-9]\\d{0,8}") || Integer.parseInt(text) > max) {
                        throw invalid("'%s' must be a whole number from 1%s, was '%s'"
                                .formatted(name, max == Integer.MAX_VALUE ? "" : " to " + max, text));
                    }
                    return Integer.parseInt(text);
                })
                .orElse(byDefault);
    }

    private static InvalidException invalid(String message) {
        return new InvalidException(422, message);
    }
}

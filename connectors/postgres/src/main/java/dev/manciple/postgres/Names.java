package dev.manciple.postgres;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Names of schemas, tables and columns. The server cuts long ones silently, so that two could mean one thing. */
final class Names {
    /** NAMEDATALEN of every PostgreSQL that was not built by its owner. */
    private static final int LONGEST = 63;

    private Names() {}

    /** @throws InvalidRequestException if the server would cut the name or cannot hold it */
    static Sql quoted(String name) {
        if (!fits(name)) {
            throw new InvalidRequestException(
                    "PostgreSQL knows names of up to %d bytes; '%s' has %d: choose a shorter one"
                            .formatted(LONGEST, name, length(name)));
        }
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new InvalidRequestException("'%s' cannot be a name in PostgreSQL".formatted(name.replace('\0', '?')));
        }
        return Sql.quoted(name, '"');
    }

    static boolean fits(String name) {
        return length(name) <= LONGEST;
    }

    static int length(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * The parts of a name as SQL has it: separated by dots, those between quotation marks taken as they are.
     *
     * @throws InvalidRequestException where it has no or more than two parts, or a mark is left open
     */
    static List<Part> parts(String qualified) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at <= qualified.length()) {
            int end = at < qualified.length() && qualified.charAt(at) == '"'
                    ? closingMark(qualified, at) + 1
                    : nextDot(qualified, at);
            parts.add(part(qualified.substring(at, end)));
            if (end < qualified.length() && qualified.charAt(end) != '.') {
                throw bad(qualified);
            }
            at = end + 1;
        }
        if (parts.size() > 2 || parts.stream().anyMatch(part -> part.name().isEmpty())) {
            throw bad(qualified);
        }
        return parts;
    }

    /** @param exact whether it was quoted, so that no other spelling is meant */
    record Part(String name, boolean exact) {}

    private static Part part(String written) {
        return written.startsWith("\"")
                ? new Part(written.substring(1, written.length() - 1).replace("\"\"", "\""), true)
                : new Part(written, false);
    }

    private static int nextDot(String text, int from) {
        int dot = text.indexOf('.', from);
        return dot < 0 ? text.length() : dot;
    }

    private static int closingMark(String text, int open) {
        for (int i = open + 1; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                if (i + 1 == text.length() || text.charAt(i + 1) != '"') {
                    return i;
                }
                i++;
            }
        }
        throw bad(text);
    }

    private static InvalidRequestException bad(String qualified) {
        return new InvalidRequestException(
                "'%s' is not a table's name: write table or schema.table, names with dots between quotation marks"
                        .formatted(qualified));
    }
}

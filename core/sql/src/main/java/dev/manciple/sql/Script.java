package dev.manciple.sql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements to run in order in one session.
 *
 * @param setup creates what {@code query} needs, for the session only
 * @param query gives the rows
 * @param divisible whether the query, of some of the entity rows, gives the same rows as it does for these of all of them
 */
public record Script(List<Sql> setup, Sql query, boolean divisible) {
    public Script {
        setup = List.copyOf(setup);
    }

    /** For statements that need all entity rows in one place. */
    public Script(List<Sql> setup, Sql query) {
        this(setup, query, false);
    }

    /** Whether a name is in any statement, between its quotation marks; a text that only looks like it counts too. */
    boolean names(Sql quoted) {
        return text().contains(quoted.text());
    }

    /** All statements as people read them. */
    public String text() {
        return setup.stream().map(statement -> statement + ";\n\n").collect(Collectors.joining()) + query;
    }
}

package dev.manciple.sql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements to run in order in one session.
 *
 * @param setup creates what {@code query} needs, for the session only
 * @param query gives the rows
 */
public record Script(List<Sql> setup, Sql query) {
    public Script {
        setup = List.copyOf(setup);
    }

    /** All statements as people read them. */
    public String text() {
        return setup.stream().map(statement -> statement + ";\n\n").collect(Collectors.joining()) + query;
    }
}

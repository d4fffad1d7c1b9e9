package dev.manciple.sql;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SQL text that is safe by construction: templates written by programmers, with holes that only other pieces of SQL fill. What
 * users write gets in as a quoted identifier, as a literal, or as a whole query that is theirs to run.
 */
public final class Sql {
    private static final String HOLE = "{}";

    private final String text;

    private Sql(String text) {
        this.text = text;
    }

    /**
     * Fills the holes of a template.
     *
     * @param template a constant of the program, checked by the compiler; each {@code {}} takes the next part
     */
    public static Sql of(@CompileTimeConstant String template, Sql... parts) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (Sql part : parts) {
            int hole = template.indexOf(HOLE, from);
            if (hole < 0) {
                throw new IllegalArgumentException("%d parts for the template '%s'".formatted(parts.length, template));
            }
            filled.append(template, from, hole).append(part.text);
            from = hole + HOLE.length();
        }
        if (template.indexOf(HOLE, from) >= 0) {
            throw new IllegalArgumentException("Only %d parts for the template '%s'".formatted(parts.length, template));
        }
        return new Sql(filled.append(template, from, template.length()).toString());
    }

    /** The parts one after the other with the separator between them. */
    public static Sql join(@CompileTimeConstant String separator, Collection<Sql> parts) {
        return new Sql(parts.stream().map(Sql::text).collect(Collectors.joining(separator)));
    }

    /** As {@link #join(String, Collection)}; consumes the stream. */
    public static Sql join(@CompileTimeConstant String separator, Stream<Sql> parts) {
        return join(separator, parts.toList());
    }

    /** A name between quotation marks, marks inside doubled. */
    public static Sql quoted(String name, char mark) {
        String one = String.valueOf(mark);
        return new Sql(one + name.replace(one, one + one) + one);
    }

    /** A text literal as the standard has it: only the apostrophe is special. */
    public static Sql literal(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A text with a NUL character cannot be part of a query");
        }
        return quoted(value, '\'');
    }

    /** A whole number. Negative ones stand in parentheses, so that they can follow an operator. */
    public static Sql literal(long value) {
        return new Sql(value < 0 ? "(" + value + ")" : Long.toString(value));
    }

    /** A query its author wrote to be run on their own engine with their own rights, as an operand in parentheses. */
    public static Sql query(String written) {
        // The line break keeps a comment at the end from swallowing the parenthesis.
        return new Sql("(" + QueryText.withoutEnd(written) + "\n)");
    }

    /** The text to send to the engine. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sql sql && sql.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}

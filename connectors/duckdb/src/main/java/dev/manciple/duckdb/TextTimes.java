package dev.manciple.duckdb;

import dev.manciple.model.ValueType;
import dev.manciple.sql.Sql;
import java.util.List;
import java.util.Map;

/** Times written as text, which the engine reads year first only. */
final class TextTimes {
    /** Marks the errors our SQL raises on purpose, for {@link DuckDbSession} to tell them from the engine's. */
    static final String BAD_VALUE = "Not a value: ";

    private TextTimes() {}

    /**
     * Rows with the columns that are declared as times, and hold text, turned into times.
     *
     * @param rows something that can stand after FROM
     * @param place an expression over the rows that tells, in an error, where one is
     */
    static Sql asTimes(DuckDbSession session, Sql rows, Map<String, ValueType> declared, Sql place) {
        List<Sql> parsed = session.columnTypes(rows).entrySet().stream()
                .filter(column -> column.getValue().equals("VARCHAR")
                        && declared.get(column.getKey()) == ValueType.Scalar.UNIX_TIMESTAMP)
                .map(column -> {
                    Sql name = Sql.quoted(column.getKey(), '"');
                    Sql located = Sql.of("{} || {}", place, Sql.literal(", column '%s': '".formatted(column.getKey())));
                    return Sql.of("{} AS {}", time(name, located), name);
                })
                .toList();
        return parsed.isEmpty() ? rows : Sql.of("(SELECT * REPLACE ({}) FROM {})", Sql.join(", ", parsed), rows);
    }

    /**
     * The time that a text stands for, without a zone in UTC.
     *
     * @param before what an error says before the text, up to the opening apostrophe
     */
    static Sql time(Sql text, Sql before) {
        Sql time = Sql.of("TRY_CAST({} AS TIMESTAMPTZ)", text);
        return Sql.of(
                "CASE WHEN {} IS NULL OR {} IS NOT NULL THEN {} ELSE error({} || {} || {} || {}) END",
                text,
                time,
                time,
                Sql.literal(BAD_VALUE),
                before,
                text,
                Sql.literal("' is not a time; write it as 2025-01-31T12:00:00Z"));
    }
}

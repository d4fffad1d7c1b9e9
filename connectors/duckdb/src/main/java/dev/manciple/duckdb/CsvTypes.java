package dev.manciple.duckdb;

import dev.manciple.sql.Sql;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The types of CSV columns as all of their text tells: whole numbers, numbers, {@code true} and {@code false}, dates and times of
 * ISO 8601. What fits none of these is text. The engine's own guess would read {@code 01/02/2025} as a day of January beside
 * {@code 12/25/2025} and of February without.
 */
final class CsvTypes {
    private static final int WHOLE = 1;
    private static final int NUMBER = 2;
    private static final int FLAG = 4;
    private static final int DATE = 8;
    private static final int TIME = 16;
    private static final int ZONED_TIME = 32;
    private static final int TEXT = 64;

    private static final String ISO =
            "\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?";

    private CsvTypes() {}

    /**
     * The engine's types of columns. Reads all rows, unless there are no columns to look at.
     *
     * @param text the rows with every column as text
     */
    static Map<String, String> of(DuckDbSession session, Sql text, List<String> columns) {
        Map<String, String> types = new LinkedHashMap<>();
        if (columns.isEmpty()) {
            return types;
        }
        Map<String, String> kinds = session.row(Sql.of(
                "SELECT {} FROM {}",
                Sql.join(
                        ", ",
                        IntStream.range(0, columns.size())
                                .mapToObj(i -> Sql.of(
                                        "bit_or({}) AS {}",
                                        kind(Sql.quoted(columns.get(i), '"')),
                                        Sql.quoted(label(i), '"')))),
                text));
        for (int i = 0; i < columns.size(); i++) {
            types.put(columns.get(i), type(Integer.parseInt(kinds.getOrDefault(label(i), "0"))));
        }
        return types;
    }

    private static String label(int column) {
        return "kinds_" + column;
    }

    /** One bit for what a value is, none for a null. */
    private static Sql kind(Sql value) {
        return Sql.of(
                """
                CASE WHEN {} IS NULL THEN 0
                    WHEN regexp_full_match({}, '\\s*[+-]?\\d+\\s*') AND TRY_CAST({} AS BIGINT) IS NOT NULL THEN {}
                    WHEN TRY_CAST({} AS DOUBLE) IS NOT NULL THEN {}
                    WHEN lower({}) IN ('true', 'false', 't', 'f') THEN {}
                    WHEN NOT regexp_full_match({}, {}) OR TRY_CAST({} AS TIMESTAMPTZ) IS NULL THEN {}
                    WHEN length({}) = 10 THEN {}
                    WHEN regexp_matches(substring({}, 12), '[Z+-]') THEN {}
                    ELSE {} END""",
                value,
                value,
                value,
                Sql.literal(WHOLE),
                value,
                Sql.literal(NUMBER),
                value,
                Sql.literal(FLAG),
                value,
                Sql.literal(ISO),
                value,
                Sql.literal(TEXT),
                value,
                Sql.literal(DATE),
                value,
                Sql.literal(ZONED_TIME),
                Sql.literal(TIME));
    }

    private static String type(int kinds) {
        if (kinds == WHOLE) {
            return "BIGINT";
        }
        if (kinds == FLAG) {
            return "BOOLEAN";
        }
        if (kinds == DATE) {
            return "DATE";
        }
        if (isAmong(kinds, WHOLE | NUMBER)) {
            return "DOUBLE";
        }
        if (isAmong(kinds, DATE | TIME)) {
            return "TIMESTAMP";
        }
        return isAmong(kinds, DATE | TIME | ZONED_TIME) ? "TIMESTAMPTZ" : "VARCHAR";
    }

    /** Whether there are values, and all of the kinds given. */
    private static boolean isAmong(int kinds, int expected) {
        return kinds != 0 && (kinds & ~expected) == 0;
    }
}

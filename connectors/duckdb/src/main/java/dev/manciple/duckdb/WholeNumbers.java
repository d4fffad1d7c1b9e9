package dev.manciple.duckdb;

import dev.manciple.sql.Sql;

/** Whole numbers of text, which the engine would round to: 1.5 to 2. */
final class WholeNumbers {
    /** What the engine reads them as at first: room for 64 bits, and for enough of a fraction to tell that there is one. */
    static final String WITH_FRACTIONS = "DECIMAL(38,18)";

    private static final String WIDE = "BIGINT";
    private static final String NARROW = "INTEGER";

    private WholeNumbers() {}

    /** Whether columns of this type of the engine's hold whole numbers. */
    static boolean are(String type) {
        return type.equals(WIDE) || type.equals(NARROW);
    }

    /**
     * The whole numbers of a column that was read {@linkplain #WITH_FRACTIONS with fractions}.
     *
     * @param type of which whole numbers {@linkplain #are are}
     * @param before what an error says before the value, up to the opening apostrophe
     */
    static Sql exactly(Sql column, String type, Sql before) {
        boolean wide = type.equals(WIDE);
        Sql whole = Sql.of("TRY_CAST({} AS {})", column, wide ? Sql.of("BIGINT") : Sql.of("INTEGER"));
        return Sql.of(
                "CASE WHEN {} IS NULL OR {} = {} THEN {} ELSE error({} || {} || rtrim(rtrim(CAST({} AS VARCHAR), '0'), '.') || {}) END",
                column,
                whole,
                column,
                whole,
                Sql.literal(TextTimes.BAD_VALUE),
                before,
                column,
                Sql.literal("' is not a whole number of %d bits".formatted(wide ? 64 : 32)));
    }
}

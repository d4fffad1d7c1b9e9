package dev.manciple.benchmarks;

import static dev.manciple.benchmarks.JoinWorkload.CREATED_TIME;
import static dev.manciple.benchmarks.JoinWorkload.EVENT_TIME;
import static dev.manciple.benchmarks.JoinWorkload.KEY;
import static dev.manciple.benchmarks.JoinWorkload.LABEL;
import static java.util.stream.Collectors.joining;

import dev.manciple.benchmarks.JoinWorkload.KeyType;
import dev.manciple.benchmarks.JoinWorkload.Spine;
import dev.manciple.benchmarks.JoinWorkload.View;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.nio.file.Path;

/** The statements that generate a workload, join it without Manciple, and find what its result should be. */
final class JoinSql {
    private static final long START_SECONDS = 1_700_000_000;
    private static final long SPAN_MICROS = 90L * 86_400 * 1_000_000;

    private final JoinWorkload workload;
    private final Path folder;

    JoinSql(JoinWorkload workload, Path folder) {
        this.workload = workload;
        this.folder = folder;
    }

    private String file(String name) {
        return "read_parquet('%s')".formatted(path(name));
    }

    /** With the column {@code file_row_number}, from zero. */
    private String numbered(String name) {
        return "read_parquet('%s', file_row_number = true)".formatted(path(name));
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace("'", "''");
    }

    /** Entity rows at random times, in random order. */
    static String generate(Spine spine) {
        return """
                SELECT %s AS %s, %s AS %s, i %% 2 AS %s
                FROM (SELECT i, hash(i * 13 + 5) %% %d AS k, %s AS micros FROM range(%d) AS numbers(i))\
                """.formatted(
                        key(spine.keyType()),
                        KEY,
                        time("micros"),
                        EVENT_TIME,
                        LABEL,
                        spine.keys() * 101 / 100,
                        randomMicros("i * 17 + 3"),
                        spine.rows());
    }

    /**
     * Rows at random times, in random order. Every twentieth repeats the key and event time of the row before it, mostly with
     * another created time: one in twenty of these pairs is equal in both times, and in half of them the first row has none.
     */
    static String generate(View view) {
        long salt = view.number() * 1_000_003L + view.keys();
        String features = view.fields().stream()
                .map(field -> "%s AS %s".formatted(value(field), field.name()))
                .collect(joining(", "));
        return """
                SELECT %1$s AS %2$s, %3$s AS %4$s,
                       CASE WHEN i %% 40 = 18 THEN NULL ELSE %5$s END AS %6$s, %7$s
                FROM (SELECT i, hash(twin * 7 + %8$d) %% %9$d AS k, %10$s AS micros,
                             (hash(CASE WHEN i %% 400 = 399 THEN i - 1 ELSE i END) %% 3600000000)::BIGINT AS delay
                      FROM (SELECT i, CASE WHEN i %% 20 = 19 THEN i - 1 ELSE i END AS twin FROM range(%11$d) AS numbers(i)))\
                """.formatted(
                        key(view.keyType()),
                        KEY,
                        time("micros"),
                        EVENT_TIME,
                        time("micros + delay"),
                        CREATED_TIME,
                        features,
                        salt,
                        view.keys(),
                        randomMicros("twin * 31 + " + salt),
                        view.rows());
    }

    private static String key(KeyType type) {
        return switch (type) {
            case INTEGER -> "k::BIGINT";
            case TEXT -> "'user_' || lpad(k::VARCHAR, 8, '0')";
        };
    }

    private static String time(String micros) {
        return "make_timestamptz(%d + %s)".formatted(START_SECONDS * 1_000_000, micros);
    }

    private static String randomMicros(String seed) {
        return "(hash(%s) %% %d)::BIGINT".formatted(seed, SPAN_MICROS);
    }

    /** Distinct per row in every column, so that a mixture of two rows shows. */
    private static String value(Field field) {
        int position = Integer.parseInt(field.name().substring(1));
        return field.type() == ValueType.Scalar.INT64
                ? "(i * 7 + %d)::BIGINT".formatted(position)
                : "i + (hash(i * 31 + %d) >> 11) / 9007199254740992.0".formatted(position);
    }

    /** The least that joins in time at all: no TTL, no tie-break, no created time, no order. */
    String floor() {
        StringBuilder columns = new StringBuilder("SELECT e.%s, e.%s, e.%s".formatted(KEY, EVENT_TIME, LABEL));
        StringBuilder joins = new StringBuilder(
                " FROM %s AS e".formatted(file(workload.spine().file())));
        for (View view : workload.views()) {
            String name = view.name();
            view.fields().forEach(field -> columns.append(", %1$s.%2$s AS %1$s__%2$s".formatted(name, field.name())));
            joins.append(" ASOF LEFT JOIN %1$s AS %2$s ON e.%3$s = %2$s.%3$s AND e.%4$s >= %2$s.%4$s"
                    .formatted(file(view.file()), name, KEY, EVENT_TIME));
        }
        return columns.toString() + joins;
    }

    /** Every entity row that {@code result} lacks, has elsewhere or has changed, and every row beyond the last. */
    String wrongEntityRows(String result) {
        return """
                SELECT count(*) FROM %s AS e FULL JOIN %s AS r ON r.row = e.file_row_number
                WHERE r.row IS NULL OR e.file_row_number IS NULL
                   OR (e.%3$s, e.%4$s, e.%5$s) IS DISTINCT FROM (r.%3$s, r.%4$s, r.%5$s)\
                """.formatted(numbered(workload.spine().file()), result, KEY, EVENT_TIME, LABEL);
    }

    /** The rows of a view each entity row may get, by a plain join of everything that is old enough and not too old. */
    String allowed(View view, String table) {
        return """
                CREATE OR REPLACE TEMP TABLE %1$s AS
                WITH best AS (
                  SELECT e.file_row_number AS row, f.file_row_number AS source_row
                  FROM %2$s AS e JOIN %3$s AS f ON e.%4$s = f.%4$s AND f.%5$s <= e.%5$s AND f.%5$s >= e.%5$s - INTERVAL %6$d SECONDS
                  QUALIFY rank() OVER (PARTITION BY e.file_row_number ORDER BY f.%5$s DESC, f.%7$s DESC NULLS LAST) = 1)
                SELECT best.row, f.* FROM %3$s AS f JOIN best ON f.file_row_number = best.source_row\
                """.formatted(
                        table,
                        numbered(workload.spine().file()),
                        numbered(view.file()),
                        KEY,
                        EVENT_TIME,
                        JoinWorkload.TTL.toSeconds(),
                        CREATED_TIME);
    }

    /** How many rows of {@code result} have, for one view, neither a whole allowed row nor nulls where nothing is allowed. */
    String wrongFeatures(View view, String result, String allowed) {
        String same = view.fields().stream()
                .map(field -> "a.%2$s IS NOT DISTINCT FROM r.%1$s__%2$s".formatted(view.name(), field.name()))
                .collect(joining(" AND "));
        String none = view.fields().stream()
                .map(field -> "r.%s__%s IS NULL".formatted(view.name(), field.name()))
                .collect(joining(" AND "));
        return """
                SELECT count(*) FROM %1$s AS r
                WHERE NOT EXISTS (SELECT 1 FROM %2$s AS a WHERE a.row = r.row AND %3$s)
                  AND NOT (r.row NOT IN (SELECT row FROM %2$s) AND %4$s)\
                """.formatted(result, allowed, same, none);
    }
}

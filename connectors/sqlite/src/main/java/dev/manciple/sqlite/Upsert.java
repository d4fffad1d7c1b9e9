package dev.manciple.sqlite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The statement that stores one feature of one entity unless a newer one is there. Its first five parameters are the key, the
 * feature, the value, the event time and the created time; the columns that tables of older Feasts lack follow in this order.
 */
record Upsert(String sql, boolean text, boolean number, boolean vector) {
    static Upsert into(Table table, Set<String> columns) {
        boolean text = columns.contains(Table.TEXT);
        boolean number = columns.contains(Table.NUMBER);
        boolean vector = columns.contains(Table.VECTOR);
        return new Upsert(sql(table, text, number, vector), text, number, vector);
    }

    /** Newest wins in the statement itself, so that it holds for writers in other processes too. */
    private static String sql(Table table, boolean text, boolean number, boolean vector) {
        List<String> columns =
                new ArrayList<>(List.of("entity_key", "feature_name", "value", "event_ts", "created_ts"));
        if (text) {
            columns.add(Table.TEXT);
        }
        if (number) {
            columns.add(Table.NUMBER);
        }
        if (vector) {
            columns.add(Table.VECTOR);
        }
        String updates = String.join(
                ", ",
                columns.stream()
                        .skip(2)
                        .map(column -> column + " = excluded." + column)
                        .toList());
        return """
                INSERT INTO %1$s AS stored (%2$s) VALUES (%3$s) ON CONFLICT(entity_key, feature_name) DO UPDATE SET %4$s \
                WHERE excluded.event_ts > stored.event_ts OR (excluded.event_ts = stored.event_ts \
                AND ifnull(excluded.created_ts, %5$d) >= ifnull(stored.created_ts, %5$d))\
                """.formatted(
                        table.quotedName(),
                        String.join(", ", columns),
                        String.join(", ", Collections.nCopies(columns.size(), "?")),
                        updates,
                        Long.MIN_VALUE);
    }
}

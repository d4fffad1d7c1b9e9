package dev.manciple.sqlite;

import dev.manciple.model.FeatureView;
import java.util.List;

/**
 * The table of one view, in Feast's layout: a row per entity and feature.
 *
 * @param name unquoted: the project, an underscore, the view
 */
record Table(String name) {
    /** The value as text, for Feast's text search; missing in tables of older Feasts. */
    static final String TEXT = "value_text";
    /** The value as a number; only where Feast's OpenAI-compatible store is enabled. */
    static final String NUMBER = "value_num";
    /** The value as a raw vector; missing in tables of older Feasts. */
    static final String VECTOR = "vector_value";

    static Table of(String project, FeatureView view) {
        return new Table(project + "_" + view.name());
    }

    String quotedName() {
        return quoted(name);
    }

    /** The index over its keys; SQLite has one space of names for tables and indexes. */
    String indexName() {
        return name + "_ek";
    }

    /** @param withNumber whether the optional column for numbers is wanted */
    List<String> create(boolean withNumber) {
        return List.of(
                """
                CREATE TABLE IF NOT EXISTS %s (\
                entity_key BLOB, feature_name TEXT, value BLOB, value_text TEXT, %svector_value BLOB, \
                event_ts timestamp, created_ts timestamp, PRIMARY KEY(entity_key, feature_name))\
                """.formatted(quotedName(), withNumber ? "value_num REAL, " : ""),
                "CREATE INDEX IF NOT EXISTS %s ON %s (entity_key)".formatted(quoted(indexName()), quotedName()));
    }

    /** The columns a table must have that tables of older Feasts may lack. */
    static List<String> laterColumns(boolean withNumber) {
        return withNumber ? List.of(TEXT, VECTOR, NUMBER) : List.of(TEXT, VECTOR);
    }

    String addColumn(String column) {
        String type = column.equals(NUMBER) ? "REAL" : column.equals(VECTOR) ? "BLOB" : "TEXT";
        return "ALTER TABLE %s ADD COLUMN %s %s".formatted(quotedName(), column, type);
    }

    String drop() {
        return "DROP TABLE IF EXISTS " + quotedName();
    }

    /**
     * One entity's features: name, value, event time.
     *
     * @param features how many names follow the key as parameters; none for all features
     */
    String read(int features) {
        String all = "SELECT feature_name, value, event_ts FROM %s WHERE entity_key = ?".formatted(quotedName());
        return features == 0 ? all : all + " AND feature_name IN (?" + ", ?".repeat(features - 1) + ")";
    }

    /** Every feature of every entity, an entity's features together. */
    String scan() {
        return "SELECT entity_key, feature_name, value, event_ts, created_ts FROM %s ORDER BY entity_key"
                .formatted(quotedName());
    }

    /** One feature of every entity: key, value, event time. */
    String feature() {
        return "SELECT entity_key, value, event_ts FROM %s WHERE feature_name = ?".formatted(quotedName());
    }

    /** Deletes the entities whose newest feature is older than a time in seconds. */
    String purge() {
        return "DELETE FROM %s WHERE entity_key IN (%s)".formatted(quotedName(), expired());
    }

    String countExpired() {
        return "SELECT count(*) FROM (%s)".formatted(expired());
    }

    private String expired() {
        return "SELECT entity_key FROM %s GROUP BY entity_key HAVING max(event_ts) < ?".formatted(quotedName());
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}

package dev.manciple.mysql;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;

/**
 * The table of one view, in Feast's layout: a row per entity and feature.
 *
 * @param name unquoted: the project, an underscore, the view
 * @param owner whose it is, as it stands in the table's comment: project and view joined by an underscore can mean another view
 *     of another project
 */
record Table(String name, String owner) {
    /** How long names may be, in characters. */
    private static final int MAX_NAME = 64;

    private static final int MAX_INDEX_SUFFIX = 3;

    static Table of(String project, FeatureView view) {
        return new Table(
                project + "_" + view.name(), "Feature view '%s' of project '%s'".formatted(view.name(), project));
    }

    /** @throws InvalidRequestException if MySQL has no tables of such a name */
    void requireName() {
        int length = name.codePointCount(0, name.length());
        if (length > MAX_NAME - MAX_INDEX_SUFFIX) {
            throw new InvalidRequestException(
                    "The table '%s' has a name of %d characters, and MySQL has room for %d and the '_ek' of its index. Use a shorter name for the project or the view"
                            .formatted(name, length, MAX_NAME - MAX_INDEX_SUFFIX));
        }
        if (name.endsWith(" ") || name.codePoints().anyMatch(point -> point == 0 || point > 0xffff)) {
            throw new InvalidRequestException(
                    "MySQL has no tables with the name '%s': names do not end in a space and have no characters outside the Basic Multilingual Plane"
                            .formatted(name));
        }
    }

    String quotedName() {
        return quoted(name);
    }

    /** Feature names are told apart by every bit, which the usual collations do not. */
    String create() {
        return """
                CREATE TABLE IF NOT EXISTS %s (entity_key VARCHAR(512), \
                feature_name VARCHAR(256) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, value BLOB, \
                event_ts timestamp NULL DEFAULT NULL, created_ts timestamp NULL DEFAULT NULL, \
                PRIMARY KEY(entity_key, feature_name), INDEX %s (entity_key)) COMMENT=%s\
                """.formatted(quotedName(), quoted(name + "_ek"), literal(owner));
    }

    String drop() {
        return "DROP TABLE IF EXISTS " + quotedName();
    }

    /**
     * Stores rows unless newer ones are there. Assignments see those before them, so the times that the condition looks at come
     * last, and the event time, which cannot make it false, very last.
     *
     * @param rows how many; each has five parameters: key, feature, value, event time, created time
     */
    String upsert(int rows) {
        String newer = """
                event_ts IS NULL OR VALUES(event_ts) > event_ts OR (VALUES(event_ts) = event_ts AND \
                (created_ts IS NULL OR VALUES(created_ts) >= created_ts))\
                """;
        return """
                INSERT INTO %1$s (entity_key, feature_name, value, event_ts, created_ts) VALUES (?, ?, ?, ?, ?)%2$s \
                ON DUPLICATE KEY UPDATE value = IF(%3$s, VALUES(value), value), \
                created_ts = IF(%3$s, VALUES(created_ts), created_ts), event_ts = IF(%3$s, VALUES(event_ts), event_ts)\
                """.formatted(quotedName(), ", (?, ?, ?, ?, ?)".repeat(rows - 1), newer);
    }

    /**
     * Every feature of some entities: key, name, value, event time in seconds.
     *
     * @param keys how many keys follow as parameters
     */
    String read(int keys) {
        return "SELECT entity_key, feature_name, value, %s FROM %s WHERE entity_key IN (?%s)"
                .formatted(seconds("event_ts"), quotedName(), ", ?".repeat(keys - 1));
    }

    /** Every feature of every entity, an entity's features together: as {@link #read}, and the created time. */
    String scan() {
        return "SELECT entity_key, feature_name, value, %s, %s FROM %s ORDER BY entity_key"
                .formatted(seconds("event_ts"), seconds("created_ts"), quotedName());
    }

    String countExpired() {
        return "SELECT count(*) FROM (%s) AS expired".formatted(expired());
    }

    /** Deletes what is older than a time of entities that have nothing newer; the time is the parameter, twice. */
    String purge() {
        return "DELETE FROM %s WHERE event_ts < ? AND entity_key IN (SELECT entity_key FROM (%s) AS expired)"
                .formatted(quotedName(), expired());
    }

    private String expired() {
        return "SELECT entity_key FROM %s GROUP BY entity_key HAVING max(event_ts) < ?".formatted(quotedName());
    }

    /** The column's time on the clock of the session's zone, which Feast reads as UTC. */
    private static String seconds(String column) {
        return "TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', %s)".formatted(column);
    }

    private static String quoted(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    private static String literal(String text) {
        return '\'' + text.replace("\\", "\\\\").replace("'", "''") + '\'';
    }
}

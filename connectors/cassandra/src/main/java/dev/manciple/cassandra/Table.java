package dev.manciple.cassandra;

import dev.manciple.model.FeatureView;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The table of one view, in Feast's layout: a partition per entity, a row per feature.
 *
 * @param name unquoted: the project, an underscore, the view
 * @param owner what the table's comment says it belongs to
 * @param keepsCreated whether {@code created_ts} is written
 * @param ttlSeconds after which the server deletes a row; zero for never
 */
record Table(String keyspace, String name, String owner, boolean keepsCreated, long ttlSeconds) {
    /** The server takes no other names, quoted or not. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,48}");

    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_]");
    private static final int READABLE = 31;
    private static final int HASH = 16;

    /** Longer ones are refused by the server: it keeps the second a row dies at in 32 bits. */
    private static final Duration LONGEST_TTL = Duration.ofDays(20 * 365);

    static final String OWNER_START = "project=";

    static Table of(StoreSettings settings, String project, FeatureView view) {
        Duration ttl = view.ttl();
        boolean expires = settings.expireRows() && !ttl.isZero() && ttl.compareTo(LONGEST_TTL) <= 0;
        return new Table(
                settings.keyspace(),
                name(project + "_" + view.name()),
                OWNER_START + "%s, feature_view=%s".formatted(project, view.name()),
                settings.keepsCreated(),
                expires ? Math.max(1, ttl.toSeconds()) : 0);
    }

    /** Names the server refuses, and so Feast too, keep what is readable of them, made unique by a hash. */
    private static String name(String wanted) {
        if (NAME.matcher(wanted).matches()) {
            return wanted;
        }
        String readable = NOT_IN_NAMES.matcher(wanted).replaceAll("_");
        String hash =
                EntityKeyCodec.entityId(wanted.getBytes(StandardCharsets.UTF_8)).substring(0, HASH);
        return readable.substring(0, Math.min(READABLE, readable.length())) + "_" + hash;
    }

    String quotedName() {
        return "\"%s\".\"%s\"".formatted(keyspace, name);
    }

    String create() {
        return """
                CREATE TABLE IF NOT EXISTS %s (entity_key text, feature_name text, value blob, event_ts timestamp, \
                created_ts timestamp, PRIMARY KEY ((entity_key), feature_name)) \
                WITH CLUSTERING ORDER BY (feature_name ASC) AND comment = '%s'\
                """.formatted(quotedName(), owner.replace("'", "''"));
    }

    String drop() {
        return "DROP TABLE IF EXISTS " + quotedName();
    }

    /** All features of one entity. */
    String read() {
        return "SELECT feature_name, value, event_ts FROM %s WHERE entity_key = ?".formatted(quotedName());
    }

    /** Some features of one entity: the key, and the list of their names. */
    String readSome() {
        return read() + " AND feature_name IN ?";
    }

    /** What a newer row is compared with: name, event time, created time, and the stamp of the write. */
    String state() {
        return "SELECT feature_name, event_ts, created_ts, writetime(event_ts) FROM %s WHERE entity_key = ?"
                .formatted(quotedName());
    }

    /**
     * Stores a feature if it is still as it was seen. Value, event time, created time where it is kept, key, feature; then the
     * event time and created time that were seen, null where there was no row.
     */
    String replace() {
        return "UPDATE %s%s SET value = ?, event_ts = ?%s WHERE entity_key = ? AND feature_name = ? IF event_ts = ?%s"
                .formatted(
                        quotedName(),
                        ttlSeconds == 0 ? "" : " USING TTL " + ttlSeconds,
                        keepsCreated ? ", created_ts = ?" : "",
                        keepsCreated ? " AND created_ts = ?" : "");
    }

    /** Stores a feature under a stamp: value, event time, key, feature, microseconds. */
    String stamp() {
        return "INSERT INTO %s (value, event_ts, entity_key, feature_name) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
                .formatted(quotedName());
    }

    /** Deletes a feature if it is still as it was seen: key, feature, event time. */
    String delete() {
        return "DELETE FROM %s WHERE entity_key = ? AND feature_name = ? IF event_ts = ?".formatted(quotedName());
    }

    /** Deletes what was written until a stamp: microseconds, key. */
    String deleteStamped() {
        return "DELETE FROM %s USING TIMESTAMP ? WHERE entity_key = ?".formatted(quotedName());
    }

    /** Every feature of every entity, an entity's features together. */
    String scan() {
        return "SELECT entity_key, feature_name, value, event_ts, created_ts FROM " + quotedName();
    }

    /** Times and stamps of every feature of every entity, an entity's features together. */
    String times() {
        return "SELECT entity_key, feature_name, event_ts, writetime(event_ts) FROM " + quotedName();
    }
}

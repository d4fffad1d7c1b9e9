package dev.manciple.cassandra;

import dev.manciple.spi.config.Check;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What the two kinds of store differ in, and what they have in common.
 *
 * @param type Feast's name of the kind
 * @param replication of a keyspace that is missing; empty where it has to exist
 * @param expireRows whether rows are written with the view's TTL
 */
record StoreSettings(
        String type,
        ClusterSettings cluster,
        String keyspace,
        OptionalInt replication,
        Layout layout,
        NewestWins newestWins,
        boolean expireRows,
        int readConcurrency,
        int writeConcurrency) {
    private static final Pattern KEYSPACE = Pattern.compile("[A-Za-z0-9_]{1,48}");

    /** Whose table it is: Feast gives both the same columns, and fills {@code created_ts} in ScyllaDB only. */
    enum Layout {
        CASSANDRA,
        SCYLLADB
    }

    /** Cassandra quotes names, but takes no others even then. */
    static void checkKeyspace(String keyspace) {
        Check.that(
                KEYSPACE.matcher(keyspace).matches(),
                "keyspace",
                "must be 1 to 48 letters, digits and underscores, was %s",
                keyspace);
    }

    static void checkConcurrency(int read, int write) {
        Check.that(read > 0, "read_concurrency", "must be at least 1, was %s", read);
        Check.that(write > 0, "write_concurrency", "must be at least 1, was %s", write);
    }

    boolean keepsCreated() {
        return layout == Layout.SCYLLADB;
    }

    /** For messages. */
    String store() {
        return "%s store '%s/%s'"
                .formatted(layout == Layout.SCYLLADB ? "ScyllaDB" : "Cassandra", cluster.where(), keyspace);
    }
}

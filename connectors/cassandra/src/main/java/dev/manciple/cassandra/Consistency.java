package dev.manciple.cassandra;

/** How many replicas must answer; Cassandra's own levels. */
enum Consistency {
    ONE,
    LOCAL_ONE,
    QUORUM,
    LOCAL_QUORUM,
    EACH_QUORUM,
    ALL
}

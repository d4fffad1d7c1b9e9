package dev.manciple.cassandra;

/** What makes a newer event win over an older one, whoever writes. */
enum NewestWins {
    /** A conditional write (Paxos): compares with what is stored, also with what Feast stored. */
    LWT,
    /** The event time is the stamp Cassandra itself orders writes by: faster, and only if every writer does so. */
    TIMESTAMP
}

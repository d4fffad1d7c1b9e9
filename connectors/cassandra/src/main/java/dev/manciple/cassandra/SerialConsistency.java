package dev.manciple.cassandra;

/** Among which replicas a conditional write is agreed on. */
enum SerialConsistency {
    /** Those of all data centers, so that writers in several of them see each other. */
    SERIAL,
    /** Those of the local data center: faster, and enough where only it is written to. */
    LOCAL_SERIAL
}

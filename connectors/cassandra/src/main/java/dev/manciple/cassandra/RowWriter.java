package dev.manciple.cassandra;

/** Stores what a batch has for one entity, unless newer values are there. Thread-safe. */
sealed interface RowWriter permits ConditionalWriter, StampingWriter {
    /** Returns once it is stored. */
    void write(Table table, EntityWrite entity);
}

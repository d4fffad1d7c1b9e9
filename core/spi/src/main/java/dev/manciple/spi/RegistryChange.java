package dev.manciple.spi;

import dev.manciple.model.Definition;

/** One step of a commit. */
public sealed interface RegistryChange {
    /** Adds or replaces; a replaced view keeps its materialization history. */
    record Put(Definition definition) implements RegistryChange {}

    record Remove(Definition.Kind kind, String name) implements RegistryChange {}

    /** The rows of a window are all in the online store. */
    record Materialized(String view, Interval interval) implements RegistryChange {}
}

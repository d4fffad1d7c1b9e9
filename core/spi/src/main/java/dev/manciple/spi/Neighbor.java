package dev.manciple.spi;

/** A row found by a vector search. */
public record Neighbor(EntityKey key, double distance, Lookup.Found row) {}

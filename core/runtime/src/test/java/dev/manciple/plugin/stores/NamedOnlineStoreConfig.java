package dev.manciple.plugin.stores;

/** Has one option. */
public record NamedOnlineStoreConfig(String greeting) {}

package dev.manciple.plugin.stores;

/** Tells when it is initialized, which nobody should make it do. */
public final class NotAStore {
    static {
        System.setProperty("manciple.test.initialized", "true");
    }
}

package dev.manciple;

/** Where pushed rows go. In YAML and over the wire {@code online}, {@code offline}, {@code online_and_offline}. */
public enum PushTarget {
    ONLINE,
    OFFLINE,
    BOTH
}

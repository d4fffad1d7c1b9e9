package dev.manciple.mysql;

/** How connections are encrypted. */
public enum SslMode {
    DISABLE,
    /** Encrypted, with whoever answers. */
    TRUST,
    /** With a server whose certificate an authority signed. */
    VERIFY_CA,
    /** With a server whose certificate an authority signed for this host. */
    VERIFY_FULL
}

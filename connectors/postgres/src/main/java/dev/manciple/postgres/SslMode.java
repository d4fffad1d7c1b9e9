package dev.manciple.postgres;

/** How far a connection is encrypted and the server checked; the names of libpq, {@code _} written as {@code -}. */
public enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL
}

package dev.manciple.spi;

/** How far a store may be relied on, as its author declares it and the tables of stores show it. */
public enum Maturity {
    /** Still changing in what it promises or how it is configured; who uses it is told so. */
    ALPHA,
    /** Passes the test kit; not yet long in use. */
    BETA,
    /** Passes the test kit, and changes only compatibly. */
    STABLE
}

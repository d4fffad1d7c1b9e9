package dev.manciple.postgres;

/** Feast's two ways of connecting. Threads cannot share a connection, so both mean at most {@code max_conn} of them here. */
public enum ConnectionType {
    /** Connections are opened when they are needed. */
    SINGLETON,
    /** {@code min_conn} of them are kept open. */
    POOL
}

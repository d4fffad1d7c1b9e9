package dev.manciple.server;

/** Something that listens. Thread-safe. */
public interface Server extends AutoCloseable {
    /**
     * Lets requests that run, and those that come in the meantime, end, for as long as the server's options say; then stops to
     * listen and frees what the server holds. Closing it again does nothing.
     */
    @Override
    void close();
}

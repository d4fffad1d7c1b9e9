package dev.manciple.postgres;

/** Writes the values of one column in the server's binary form. */
@FunctionalInterface
interface Encoder {
    /** Writes a value that is not null, without its length. */
    void write(int row, CopyBuffer out);
}

package dev.manciple.model;

import java.nio.ByteBuffer;

/** Where a batch source keeps its rows. Open only through {@link Custom}, as Feast's own proto is. */
public sealed interface SourceLocation {
    record Table(String qualifiedName) implements SourceLocation {}

    record Query(String sql) implements SourceLocation {}

    /**
     * @param uri a path, folder, glob or URI; relative paths start at the repository
     * @param format {@code parquet}, {@code csv}, {@code delta}; blank means the file name tells
     */
    record Files(String uri, String format) implements SourceLocation {}

    /** The bytes are the registry's custom options; the source type of that class reads and writes them. */
    record Custom(String sourceClass, ByteBuffer configuration) implements SourceLocation {
        public Custom {
            configuration = configuration.slice().asReadOnlyBuffer();
        }

        /** A read-only view with its own position. */
        @Override
        public ByteBuffer configuration() {
            return configuration.duplicate();
        }
    }
}

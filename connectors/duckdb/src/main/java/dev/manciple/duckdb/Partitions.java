package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The columns whose values folders on the way to a file are named by, as in {@code day=2025-01-31/part-0.parquet}, outermost first.
 *
 * @param below those that belong to the source
 * @param above those that only happen to lie above it, as the folder of a test might
 */
record Partitions(Set<String> below, Set<String> above) {
    static final Partitions NONE = new Partitions(Set.of(), Set.of());

    /** @param fixed how many of the path's leading folders do not belong to the source */
    static Partitions of(Path file, int fixed) {
        Set<String> below = new LinkedHashSet<>();
        Set<String> above = new LinkedHashSet<>();
        for (int i = 0; i < file.getNameCount() - 1; i++) {
            String folder = file.getName(i).toString();
            int equals = folder.indexOf('=');
            if (equals > 0) {
                (i < fixed ? above : below).add(folder.substring(0, equals));
            }
        }
        return new Partitions(below, above);
    }

    /**
     * The engine lets a folder's value take the place of a column's in the file, unsaid.
     *
     * @param columns of the files themselves
     */
    void refuseHidden(Set<String> columns, FileSource source) {
        if (below.isEmpty()) {
            return;
        }
        for (String key : below) {
            if (contains(columns, key)) {
                throw new InvalidRequestException(
                        "The files of '%s' have a column '%s', and so have the folders they lie in, named %s=...: which one counts cannot be told. Rename the folders, or write the files without the column"
                                .formatted(source, key, key));
            }
        }
        for (String key : above) {
            if (contains(columns, key) || contains(below, key)) {
                throw new InvalidRequestException(
                        "'%s' lies in a folder named %s=..., which would take the place of its own column '%s'. Move it, or rename that folder"
                                .formatted(source, key, key));
            }
        }
    }

    private static boolean contains(Set<String> names, String name) {
        return names.stream().anyMatch(name::equalsIgnoreCase);
    }
}

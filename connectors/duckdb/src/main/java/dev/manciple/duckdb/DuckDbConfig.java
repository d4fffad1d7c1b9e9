package dev.manciple.duckdb;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code offline_store} of type {@code duckdb}, {@code file} or {@code dask} takes; all of it may be left out.
 *
 * @param stagingLocation Feast's key, accepted and not needed: results are written where they are asked for
 * @param stagingLocationEndpointOverride Feast's key, likewise
 * @param database a DuckDB database whose tables sources may name; without it sources are files and queries over files
 * @param memoryLimit what the engine may hold in memory before it spills to disk, such as {@code 2GB} or {@code 50%} of the
 *     machine's
 * @param threads how many cores the engine uses; all where absent
 * @param tempDirectory where the engine spills; a folder of its own below the system's temporary folder where absent
 * @param maxTempDirectorySize how much may be spilt, such as {@code 100GB}; nine tenths of the disk's free space where absent
 * @param path where relative paths of sources start, itself relative to the repository; the repository where absent
 */
public record DuckDbConfig(
        Optional<String> stagingLocation,
        Optional<String> stagingLocationEndpointOverride,
        Optional<Path> database,
        @Default("50%") String memoryLimit,
        Optional<Integer> threads,
        Optional<Path> tempDirectory,
        Optional<String> maxTempDirectorySize,
        Optional<Path> path) {
    private static final Pattern SIZE = Pattern.compile("(?i)\\d+(\\.\\d+)?\\s*[KMGT]i?B");
    private static final Pattern PERCENTAGE = Pattern.compile("\\d+(\\.\\d+)?\\s*%");

    public DuckDbConfig {
        Check.that(
                SIZE.matcher(memoryLimit).matches()
                        || PERCENTAGE.matcher(memoryLimit).matches(),
                "memory_limit",
                "must be a size such as 2GB or 50%%, was '%s'",
                memoryLimit);
        maxTempDirectorySize.ifPresent(size -> Check.that(
                SIZE.matcher(size).matches(),
                "max_temp_directory_size",
                "must be a size such as 100GB, was '%s'",
                size));
        threads.ifPresent(count -> Check.that(count > 0, "threads", "must be at least 1, was %s", count));
    }

    /** Everything left out. */
    public static DuckDbConfig defaults() {
        return new DuckDbConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "50%",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

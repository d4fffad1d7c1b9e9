package dev.manciple.retrieve;

import dev.manciple.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.Locale;

/** The kinds of file entity rows come from and results go to. */
enum FileFormat {
    PARQUET("parquet"),
    CSV("csv"),
    ARROW("arrow");

    private final String engineName;

    FileFormat(String engineName) {
        this.engineName = engineName;
    }

    /**
     * The format a file's suffix tells.
     *
     * @throws InvalidRequestException if it tells none
     */
    static FileFormat of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "parquet", "pq" -> PARQUET;
            case "csv" -> CSV;
            case "arrow", "feather" -> ARROW;
            default ->
                throw new InvalidRequestException(
                        "The name of '%s' does not tell its format: it must end in .parquet, .csv or .arrow"
                                .formatted(file));
        };
    }

    /** What the local engine calls it. */
    String engineName() {
        return engineName;
    }
}

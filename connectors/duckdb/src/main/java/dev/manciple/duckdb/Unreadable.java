package dev.manciple.duckdb;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says of files the engine cannot read which one, where, what is wrong and what would be right. */
final class Unreadable {
    private static final Pattern PARQUET = Pattern.compile(
            "No magic bytes found|too small to be a Parquet file|Footer length error|don't know what type|TProtocolException|Failed to read Parquet|Parquet magic");
    private static final Pattern QUOTED_PATH = Pattern.compile("file '([^']+)'", Pattern.CASE_INSENSITIVE);
    private static final Pattern CSV_VALUE = Pattern.compile(
            "CSV Error on Line: (\\d+)\\n.*Error when converting column \"(.*?)\"\\. Could not convert string \"(.*?)\" to '(.+?)'\\n.*\\n  file = ([^\\n]+)",
            Pattern.DOTALL);

    private static final Pattern CSV_FILE = Pattern.compile(
            "Error when sniffing file \"([^\"]+)\"|CSV Error on Line.*\\n  file = ([^\\n]+)", Pattern.DOTALL);
    private static final Pattern SUGGESTION = Pattern.compile("^\\s*(Possible|Potential) |^The search space|read_csv");

    private static final Map<String, String> TYPES = Map.of(
            "DECIMAL", "a whole number",
            "DOUBLE", "a number",
            "FLOAT", "a number",
            "BOOLEAN", "true or false",
            "TIMESTAMP WITH TIME ZONE", "a time such as 2025-01-31T08:00:00Z",
            "TIMESTAMP", "a time such as 2025-01-31T08:00:00Z",
            "DATE", "a date such as 2025-01-31",
            "BLOB", "bytes");

    private Unreadable() {}

    /** What is wrong with a CSV file the engine complains about. */
    static Optional<FeatureStoreException> csv(String engineSays, Throwable cause) {
        return csvValue(engineSays, cause).or(() -> {
            Matcher path = CSV_FILE.matcher(engineSays);
            return path.find()
                    ? csvText(Path.of(Objects.requireNonNullElse(path.group(1), path.group(2))), "a file", cause)
                    : Optional.empty();
        });
    }

    /** Without what the engine suggests to those who call it themselves: its options, and the call it would read the file by. */
    static String shortened(String engineSays) {
        return engineSays
                .lines()
                .takeWhile(line -> !SUGGESTION.matcher(line).find())
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** A value of a CSV file that is not of the type its column is read as. */
    private static Optional<FeatureStoreException> csvValue(String engineSays, Throwable cause) {
        Matcher value = CSV_VALUE.matcher(engineSays);
        return value.find()
                ? Optional.of(new InvalidRequestException(
                        "'%s', line %s, column '%s': '%s' is not %s"
                                .formatted(
                                        value.group(5).strip(),
                                        value.group(1),
                                        value.group(2),
                                        value.group(3),
                                        TYPES.getOrDefault(value.group(4), value.group(4))),
                        cause))
                : Optional.empty();
    }

    /**
     * What to tell where the columns of a file, or of several, cannot be found out.
     *
     * @param title what messages call the file
     */
    static FeatureStoreException file(FileSource source, String title, StoreException failure) {
        return switch (source.format()) {
            case PARQUET -> parquet(source, title, failure);
            case CSV -> csv(source, title, failure);
        };
    }

    private static FeatureStoreException parquet(FileSource source, String title, StoreException failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "");
        if (!PARQUET.matcher(message).find()) {
            return failure;
        }
        Matcher path = QUOTED_PATH.matcher(message);
        return unreadable(
                title,
                "'%s' is not a Parquet file, or was cut short. Write it again; if it is of another format, its name or 'file_format' must say so"
                        .formatted(path.find() ? path.group(1) : source.path()),
                failure);
    }

    private static FeatureStoreException csv(FileSource source, String title, StoreException failure) {
        return files(source).stream()
                .flatMap(file -> csvText(file, title, failure).stream())
                .findFirst()
                .orElse(failure);
    }

    private static Optional<FeatureStoreException> csvText(Path file, String title, Throwable failure) {
        try {
            return CsvText.problem(file)
                    .map(problem ->
                            unreadable(title, "'%s' is not as CSV files are: %s".formatted(file, problem), failure));
        } catch (IOException e) {
            failure.addSuppressed(e);
            return Optional.empty();
        }
    }

    static StoreException unreadable(String title, String problem, Throwable cause) {
        return new StoreException(
                DuckDb.NAME,
                "read " + title,
                false,
                StoreException.Outcome.NOT_APPLIED,
                new IOException(problem, cause));
    }

    private static List<Path> files(FileSource source) {
        return switch (source.shape()) {
            case FILE -> List.of(source.path());
            case FOLDER -> FileSource.filesBelow(source.path(), source.format());
            // The engine knows which files a pattern means.
            case GLOB -> List.of();
        };
    }
}

package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.internal.WholeFile;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Local files the engine can read: one file, a folder with all below it, or a glob.
 *
 * @param path the file or folder; of a glob, the pattern
 * @param shape what the path names
 */
record FileSource(Path path, Shape shape, Format format) {
    /** How {@link #escape} writes a character that is not meant as a pattern. */
    private static final Pattern ESCAPED = Pattern.compile("\\[[\\[*?]]");

    enum Shape {
        FILE,
        FOLDER,
        GLOB
    }

    enum Format {
        PARQUET(".parquet"),
        CSV(".csv");

        private final String ending;

        String ending() {
            return ending;
        }

        Format(String ending) {
            this.ending = ending;
        }

        /** How names of its files end; CSV files may be compressed. */
        boolean owns(String fileName) {
            String name = fileName.toLowerCase(Locale.ROOT);
            return name.endsWith(ending)
                    || (this == CSV && (name.endsWith(ending + ".gz") || name.endsWith(ending + ".zst")));
        }
    }

    /**
     * Finds out what a location names.
     *
     * @param folder where relative paths start
     * @throws NotFoundException where there is no such file
     */
    static FileSource find(SourceLocation.Files location, Path folder) {
        String uri = localPath(location.uri());
        Path path = folder.resolve(uri).normalize();
        finishSwap(path);
        if (Files.isDirectory(path)) {
            return new FileSource(path, Shape.FOLDER, formatOfFolder(path, location.format()));
        }
        Format format = format(location.format(), uri);
        if (Files.exists(path)) {
            requireHeader(path, format);
            return new FileSource(path, Shape.FILE, format);
        }
        if (isGlob(uri)) {
            // The pattern is the user's; the folder it starts at may hold the same characters by chance.
            Path pattern = Path.of(uri).isAbsolute() ? path : Path.of(escape(folder.toString()), uri);
            return new FileSource(pattern, Shape.GLOB, format);
        }
        throw new NotFoundException(
                "The file", path.toString(), "The path is '%s', relative to %s".formatted(location.uri(), folder));
    }

    /** Somebody may have been killed while replacing the folder. */
    private static void finishSwap(Path path) {
        try {
            WholeFile.finishSwap(path);
        } catch (IOException e) {
            throw new StoreException(
                    DuckDb.NAME, "finish replacing " + path, false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    /** The engine would take an empty file for one of a column without rows. */
    private static void requireHeader(Path file, Format format) {
        try {
            if (format == Format.CSV && Files.size(file) == 0) {
                throw new InvalidRequestException(
                        "'%s' is empty. The first line of a CSV file must name its columns".formatted(file));
            }
        } catch (IOException e) {
            throw new StoreException(DuckDb.NAME, "look at " + file, false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    /** The path a URI names on this machine. */
    static String localPath(String uri) {
        if (uri.startsWith("file:")) {
            return uri.startsWith("file://") ? Path.of(URI.create(uri)).toString() : uri.substring("file:".length());
        }
        if (uri.contains("://")) {
            throw new InvalidRequestException(
                    "'%s' is not a local file; this store reads Parquet and CSV files of this machine".formatted(uri));
        }
        if (uri.isBlank()) {
            throw new InvalidRequestException("A file source needs a path");
        }
        return uri;
    }

    /** The format that is declared or, where none is, the one the name tells; Parquet where it tells nothing, as in Feast. */
    static Format format(String declared, String name) {
        return switch (declared.toLowerCase(Locale.ROOT)) {
            case "" -> Format.CSV.owns(name) ? Format.CSV : Format.PARQUET;
            case "parquet" -> Format.PARQUET;
            case "csv" -> Format.CSV;
            default ->
                throw new InvalidRequestException(
                        "'%s' has the format '%s'; this store reads and writes parquet and csv"
                                .formatted(name, declared));
        };
    }

    private static Format formatOfFolder(Path folder, String declared) {
        Format format = format(declared, "");
        boolean parquet = !filesBelow(folder, Format.PARQUET).isEmpty();
        boolean csv = !filesBelow(folder, Format.CSV).isEmpty();
        if (declared.isEmpty() && parquet && csv) {
            throw new InvalidRequestException(
                    "The folder '%s' holds both Parquet and CSV files; say which to read with file_format: parquet or csv"
                            .formatted(folder));
        }
        if (format == Format.PARQUET ? parquet : csv) {
            return format;
        }
        if (declared.isEmpty() && csv) {
            return Format.CSV;
        }
        throw new NotFoundException(
                "A %s file".formatted(format.name().toLowerCase(Locale.ROOT)),
                folder + "/**",
                "The folder holds no file whose name ends in '%s'".formatted(format.ending));
    }

    /** How many bytes the files have; empty where a pattern stands for them. */
    OptionalLong bytes() {
        return switch (shape) {
            case FILE -> OptionalLong.of(bytes(path));
            case FOLDER ->
                OptionalLong.of(filesBelow(path, format).stream()
                        .mapToLong(FileSource::bytes)
                        .sum());
            case GLOB -> OptionalLong.empty();
        };
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new StoreException(DuckDb.NAME, "look at " + file, false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    /** In the order of their names, so that every read sees the same order. */
    static List<Path> filesBelow(Path folder, Format format) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> format.owns(file.toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException(DuckDb.NAME, "look into " + folder, false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private static boolean isGlob(String uri) {
        return uri.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** The engine's spelling of a path that is not meant as a pattern. */
    static String escape(String path) {
        return path.replaceAll("([\\[*?])", "[$1]");
    }

    /** The files, as the engine's functions for reading them take them. */
    Sql sql() {
        return switch (shape) {
            case FILE -> Sql.literal(escape(path.toString()));
            case FOLDER -> filesOfFolder();
            case GLOB -> Sql.literal(path.toString());
        };
    }

    /** A pattern where it names them all; compressed files and names in capitals have to be listed. */
    private Sql filesOfFolder() {
        List<Path> files = filesBelow(path, format);
        if (files.stream().allMatch(file -> file.toString().endsWith(format.ending))) {
            return Sql.literal(escape(path.toString()) + "/**/*" + format.ending);
        }
        return Sql.of(
                "[{}]",
                Sql.join(
                        ", ",
                        files.stream()
                                .map(file -> Sql.literal(escape(file.toString())))
                                .toList()));
    }

    /** The character between the columns of CSV files; empty where the first cannot be looked into. */
    Optional<Character> delimiter(DuckDbSession session) {
        return firstFile(session).flatMap(FileSource::delimiter);
    }

    /** Empty where the file cannot be looked into; the engine then says why, or guesses. */
    static Optional<Character> delimiter(Path csv) {
        try {
            return CsvText.delimiter(csv);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** By name; it stands for the others where all must be alike. Empty where a pattern fits none. */
    private Optional<Path> firstFile(DuckDbSession session) {
        return switch (shape) {
            case FILE -> Optional.of(path);
            case FOLDER -> Optional.of(filesBelow(path, format).getFirst());
            case GLOB ->
                Optional.ofNullable(session.row(Sql.of("SELECT min(file) AS \"first\" FROM glob({})", sql()))
                                .get("first"))
                        .map(Path::of);
        };
    }

    /** Folders above the one named, or above the first that a pattern leaves open, are no partitions of the source. */
    Partitions partitions(DuckDbSession session) {
        return switch (shape) {
            case FILE -> Partitions.NONE;
            case FOLDER ->
                filesBelow(path, format).stream()
                        .map(this::partitions)
                        .filter(partitions -> !partitions.below().isEmpty())
                        .findFirst()
                        .orElse(Partitions.NONE);
            case GLOB ->
                firstFile(session)
                        .map(file -> Partitions.of(file, fixedFolders()))
                        .orElse(Partitions.NONE);
        };
    }

    /** How many folders of a pattern come before the first that it leaves open. */
    private int fixedFolders() {
        int fixed = 0;
        while (fixed < path.getNameCount()
                && !isGlob(ESCAPED.matcher(path.getName(fixed).toString()).replaceAll(""))) {
            fixed++;
        }
        return fixed;
    }

    /** Whether files of this folder lie in folders whose names hold a column's value. */
    boolean isPartitioned() {
        return shape == Shape.FOLDER
                && filesBelow(path, format).stream()
                        .anyMatch(file -> !partitions(file).below().isEmpty());
    }

    private Partitions partitions(Path file) {
        return Partitions.of(file, path.getNameCount());
    }

    /**
     * The columns whose values the folders below this one are named by, outermost first.
     *
     * @throws InvalidRequestException where folders above it are too: rows of other values of those belong elsewhere
     */
    Set<String> partitionsBelow() {
        Partitions partitions = partitions(filesBelow(path, format).getFirst());
        if (!partitions.above().isEmpty()) {
            throw new InvalidRequestException(
                    "Rows cannot be added to '%s', a partition of a larger set: let the source name the folder above all key=value folders"
                            .formatted(path));
        }
        return partitions.below();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

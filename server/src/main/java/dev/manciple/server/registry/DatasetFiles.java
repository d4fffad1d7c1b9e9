package dev.manciple.server.registry;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of a repository that datasets are made of and kept in. Callers name them, so none outside of the repository is touched,
 * whatever links there are. Thread-safe.
 */
final class DatasetFiles {
    private static final String PARQUET = ".parquet";

    private final Path repository;

    DatasetFiles(Path repository) {
        this.repository = repository.toAbsolutePath().normalize();
    }

    /**
     * A file that is there.
     *
     * @param field of the request, for messages
     */
    Path existing(String uri, String field) {
        Path file = parquet(uri, field);
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException("The file", uri.strip(), "Paths start at the folder of feature_store.yaml");
        }
        return file;
    }

    /**
     * The place of a new file, or of one that may be replaced.
     *
     * @param sources of the project, which must not get the rows of a dataset
     */
    Path target(String uri, String field, Collection<DataSource> sources) {
        Path file = parquet(uri, field);
        Path folder = file.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidRequestException("The folder of %s '%s' does not exist".formatted(field, uri.strip()));
        }
        if (Files.isDirectory(file)) {
            throw new InvalidRequestException("%s '%s' is a folder".formatted(field, uri.strip()));
        }
        for (DataSource source : sources) {
            if (source.batch().map(batch -> holds(batch, file)).orElse(false)) {
                throw new InvalidRequestException("%s '%s' is read by data source '%s'. Choose another"
                        .formatted(field, uri.strip(), source.name()));
            }
        }
        return file;
    }

    private boolean holds(DataSource.Batch source, Path file) {
        if (!(source.location() instanceof SourceLocation.Files(String uri, String format))) {
            return false;
        }
        try {
            Path path = repository.resolve(local(uri)).normalize();
            return path.equals(file)
                    || (Files.isDirectory(path) && file.startsWith(path))
                    || FileSystems.getDefault().getPathMatcher("glob:" + path).matches(file);
        } catch (IllegalArgumentException elsewhere) {
            return false;
        }
    }

    /** Whether a dataset is kept in a file. */
    boolean isAt(String uri, Path file) {
        try {
            return repository.resolve(local(uri.strip())).normalize().equals(file);
        } catch (IllegalArgumentException elsewhere) {
            return false;
        }
    }

    private Path parquet(String uri, String field) {
        String text = uri.strip();
        if (!text.toLowerCase(Locale.ROOT).endsWith(PARQUET)) {
            throw new InvalidRequestException("%s must be a file of the repository whose name ends in %s, was '%s'"
                    .formatted(field, PARQUET, text));
        }
        Path file;
        try {
            file = repository.resolve(local(text)).normalize();
        } catch (IllegalArgumentException e) {
            throw outside(text, field, e);
        }
        requireInside(file, text, field);
        return file;
    }

    /** @throws IllegalArgumentException if it is no path of this machine */
    private static String local(String uri) {
        if (uri.startsWith("file://")) {
            return Path.of(URI.create(uri)).toString();
        }
        if (uri.contains("://")) {
            throw new InvalidPathException(uri, "not a file of this machine");
        }
        return uri.startsWith("file:") ? uri.substring("file:".length()) : uri;
    }

    private void requireInside(Path file, String uri, String field) {
        if (!file.startsWith(repository)) {
            throw outside(uri, field, null);
        }
        try {
            Optional<Path> there = existingPart(file);
            if (there.isPresent() && !there.get().toRealPath().startsWith(repository.toRealPath())) {
                throw outside(uri, field, null);
            }
        } catch (IOException e) {
            throw outside(uri, field, e);
        }
    }

    /** As much of a path as is there, links that lead nowhere included. */
    private static Optional<Path> existingPart(Path file) {
        for (Path path = file; path != null; path = path.getParent()) {
            if (Files.exists(path) || Files.isSymbolicLink(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    private static InvalidRequestException outside(String uri, String field, @Nullable Throwable cause) {
        String message = "%s must be in the folder of feature_store.yaml, was '%s'".formatted(field, uri);
        return cause == null ? new InvalidRequestException(message) : new InvalidRequestException(message, cause);
    }
}

package dev.manciple.server.registry;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that datasets are made of and kept in: those of one folder of a repository. Callers name them, so none outside of it is
 * touched, whatever links there are. Thread-safe.
 */
final class DatasetFiles {
    /** Of the repository. */
    static final String FOLDER = "datasets";

    private static final String PARQUET = ".parquet";

    private final Path repository;
    private final Path home;

    DatasetFiles(Path repository) {
        this.repository = repository.toAbsolutePath().normalize();
        this.home = this.repository.resolve(FOLDER);
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
     * @param registry whose sources, of any project, must not get the rows of a dataset
     */
    Path target(String uri, String field, Registry registry) {
        Path file = parquet(uri, field);
        Path folder = file.getParent();
        if (folder == null || (!folder.equals(home) && !Files.isDirectory(folder))) {
            throw new InvalidRequestException("The folder of %s '%s' does not exist".formatted(field, uri.strip()));
        }
        if (Files.isDirectory(file)) {
            throw new InvalidRequestException("%s '%s' is a folder".formatted(field, uri.strip()));
        }
        sourceOf(registry, file).ifPresent(source -> {
            throw new InvalidRequestException(
                    "%s '%s' is read by data source '%s'. Choose another".formatted(field, uri.strip(), source));
        });
        return file;
    }

    /** Makes the folder of datasets, where it is the one of a file. */
    void makeFolder(Path target) throws IOException {
        if (home.equals(target.getParent())) {
            Files.createDirectories(home);
        }
    }

    /** A data source that reads a file, or would if it were there; in doubt it does. */
    Optional<String> sourceOf(Registry registry, Path file) {
        for (DataSource source : registry.getDataSourcesList()) {
            if (reads(source, file) || (source.hasBatchSource() && reads(source.getBatchSource(), file))) {
                return Optional.of(source.getName());
            }
        }
        return Optional.empty();
    }

    private boolean reads(DataSource source, Path file) {
        String uri = source.getFileOptions().getUri().strip();
        if (uri.isEmpty() || (uri.contains("://") && !uri.startsWith("file:"))) {
            return false;
        }
        int pattern = firstOf(uri, "*?[{");
        try {
            Path path = real(resolve(pattern < 0 ? uri : uri.substring(0, uri.lastIndexOf('/', pattern) + 1)));
            Path there = real(file);
            boolean oneFolder = pattern >= 0 && uri.indexOf('/', pattern) < 0 && !uri.contains("**");
            return oneFolder ? path.equals(there.getParent()) : there.startsWith(path);
        } catch (IOException | IllegalArgumentException e) {
            return true;
        }
    }

    private static int firstOf(String text, String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** The datasets of any project that are kept in a file. */
    List<SavedDataset> at(Registry registry, Path file) {
        return registry.getSavedDatasetsList().stream()
                .filter(dataset ->
                        isAt(dataset.getSpec().getStorage().getFileStorage().getUri(), file))
                .toList();
    }

    /** Whether a dataset is kept in a file. */
    private boolean isAt(String uri, Path file) {
        try {
            return !uri.isBlank() && real(resolve(uri.strip())).equals(real(file));
        } catch (IOException | IllegalArgumentException elsewhere) {
            return false;
        }
    }

    private Path parquet(String uri, String field) {
        String text = uri.strip();
        if (!text.toLowerCase(Locale.ROOT).endsWith(PARQUET)) {
            throw new InvalidRequestException("%s must be a file in '%s' whose name ends in %s, was '%s'"
                    .formatted(field, FOLDER, PARQUET, text));
        }
        Path file;
        try {
            file = resolve(text);
        } catch (IllegalArgumentException e) {
            throw outside(text, field, e);
        }
        requireInside(file, text, field);
        return file;
    }

    /** @throws IllegalArgumentException if it is no path of this machine */
    private Path resolve(String uri) {
        return repository.resolve(local(uri)).normalize();
    }

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
        if (!file.startsWith(home) || file.equals(home)) {
            throw outside(uri, field, null);
        }
        try {
            // Nor by another name: a link, or letters in another case where that makes no difference.
            if (!real(file).equals(repository.toRealPath().resolve(repository.relativize(file)))) {
                throw outside(uri, field, null);
            }
        } catch (IOException e) {
            throw outside(uri, field, e);
        }
    }

    /** A path without links, as far as it is there. */
    private static Path real(Path path) throws IOException {
        for (Path there = path; there != null; there = there.getParent()) {
            // A link that leads nowhere is there, and has no real path.
            if (Files.exists(there) || Files.isSymbolicLink(there)) {
                return there.toRealPath().resolve(there.relativize(path)).normalize();
            }
        }
        return path;
    }

    private static InvalidRequestException outside(String uri, String field, @Nullable Throwable cause) {
        String message = "%s must be in '%s' in the folder of feature_store.yaml, and no link, was '%s'"
                .formatted(field, FOLDER, uri);
        return cause == null ? new InvalidRequestException(message) : new InvalidRequestException(message, cause);
    }
}

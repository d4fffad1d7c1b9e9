package dev.manciple.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Files and folders that come into being together: unless {@link #keep} is called, closing removes what was made. */
final class NewFiles implements AutoCloseable {
    private final Path root;
    private final Deque<Path> made = new ArrayDeque<>();

    NewFiles(Path root) {
        this.root = root;
    }

    /** Where a file of this name goes; its folders are made. */
    Path place(String relative) throws IOException {
        Path file = root.resolve(relative);
        foldersOf(file);
        made.push(file);
        return file;
    }

    /** @throws java.nio.file.FileAlreadyExistsException if the file is there */
    void text(String relative, String text) throws IOException {
        Path file = root.resolve(relative);
        foldersOf(file);
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        made.push(file);
    }

    void keep() {
        made.clear();
    }

    @Override
    public void close() {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void foldersOf(Path path) throws IOException {
        Path folder = path.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            foldersOf(folder);
            Files.createDirectory(folder);
            made.push(folder);
        }
    }
}

package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** Files that appear whole, on disk and not only in the system's cache, or not at all. */
final class WholeFile {
    private WholeFile() {}

    /** Fills a new file and returns how many rows it holds. */
    interface Filling {
        long fill(Path file) throws IOException;
    }

    /**
     * Creates or replaces a file. Readers see the old one until the new one is complete; a failure leaves the old one.
     *
     * @throws InvalidRequestException where there is one and {@code overwrite} is false
     */
    static long write(Path target, boolean overwrite, Filling filling) {
        Path file = target.toAbsolutePath();
        Path folder = folderOf(file);
        refuseExisting(file, overwrite);
        Path temporary = folder.resolve(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
        try {
            Files.createDirectories(folder);
            try {
                long rows = filling.fill(temporary);
                force(temporary);
                refuseExisting(file, overwrite);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                force(folder);
                return rows;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    /** As {@link #write}, for a folder that is filled with files. */
    static long writeFolder(Path target, boolean overwrite, Filling filling) {
        Path folder = target.toAbsolutePath();
        Path parent = folderOf(folder);
        refuseExisting(folder, overwrite);
        Path temporary = parent.resolve(".%s.%s.tmp".formatted(folder.getFileName(), UUID.randomUUID()));
        try {
            Files.createDirectories(temporary);
            try {
                long rows = filling.fill(temporary);
                force(temporary);
                refuseExisting(folder, overwrite);
                replaceFolder(temporary, folder);
                force(parent);
                return rows;
            } finally {
                Trees.delete(temporary);
            }
        } catch (IOException e) {
            throw notWritten(folder, e);
        }
    }

    /** Two renames, because no system replaces a full folder in one; the first is undone if the second fails. */
    private static void replaceFolder(Path temporary, Path folder) throws IOException {
        Path old = temporary.resolveSibling(temporary.getFileName() + ".old");
        boolean replaced = Files.exists(folder);
        if (replaced) {
            Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (replaced) {
                Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        }
        Trees.delete(old);
    }

    private static Path folderOf(Path file) {
        Path folder = file.getParent();
        if (folder == null || file.getFileName() == null) {
            throw new InvalidRequestException("'%s' is not the path of a file".formatted(file));
        }
        return folder;
    }

    private static void refuseExisting(Path target, boolean overwrite) {
        if (!overwrite && Files.exists(target)) {
            throw new InvalidRequestException(
                    "'%s' exists already; choose another path or allow overwriting".formatted(target));
        }
    }

    private static void force(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            throw new IOException("nothing was written", e);
        }
    }

    private static StoreException notWritten(Path target, IOException e) {
        return new StoreException(
                DuckDb.NAME, "write " + target, false, StoreException.Outcome.NOT_APPLIED, List.of(), e);
    }
}

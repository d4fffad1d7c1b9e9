package dev.manciple.spi.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Files and folders that appear whole, on disk and not only in the system's cache, or not at all. Readers see what was there
 * until what replaces it is complete; a failure leaves what was there, and what a killed process left is removed by the next
 * write in the same folder.
 */
public final class WholeFile {
    private static final String TEMPORARY = ".tmp";
    private static final int MOST_LINKS = 40;
    private static final Duration SWAP_PATIENCE = Duration.ofMinutes(1);

    private WholeFile() {}

    /** Fills a place that is empty. */
    @FunctionalInterface
    public interface Filling<T> {
        T fill(Path place) throws IOException;
    }

    /** Everything is in its place, but a power cut could still undo that. */
    public static final class NotDurableException extends IOException {
        private static final long serialVersionUID = 1L;

        NotDurableException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Creates or replaces a file; its folder is created where there is none. A file that is replaced keeps its permissions.
     *
     * @param overwrite whether there may be such a file
     * @throws FileAlreadyExistsException where there is one and {@code overwrite} is false, or a folder
     * @throws NotDurableException where only the last step failed
     */
    public static <T> T write(Path path, boolean overwrite, Filling<T> filling) throws IOException {
        Path target = target(path);
        if (Files.isDirectory(target)) {
            throw new FileSystemException(path.toString(), null, "it is a folder, not a file");
        }
        refuseExisting(target, overwrite);
        Files.createDirectories(folderOf(target));
        Path temporary = temporary(target);
        T result;
        try {
            Files.createFile(temporary);
            result = filling.fill(temporary);
            keepPermissions(target, temporary);
            forceFile(temporary);
            refuseExisting(target, overwrite);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceRename(folderOf(target));
        return result;
    }

    /** As {@link #write}, for a folder that is filled with files. */
    public static <T> T writeFolder(Path path, boolean overwrite, Filling<T> filling) throws IOException {
        Path target = target(path);
        finishSwap(target);
        refuseExisting(target, overwrite && !Files.isRegularFile(target));
        Files.createDirectories(folderOf(target));
        Path temporary = temporary(target);
        T result;
        try {
            Files.createDirectory(temporary);
            result = filling.fill(temporary);
            forceFolder(temporary);
            refuseExisting(target, overwrite);
            if (Files.exists(target)) {
                swap(temporary, target);
            } else {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Trees.delete(temporary);
        }
        forceRename(folderOf(target));
        return result;
    }

    /**
     * Adds files, in folders of their own, to a folder that is there. Each appears whole, one after the other; a failure removes
     * those that have appeared.
     */
    public static <T> T addAll(Path path, Filling<T> filling) throws IOException {
        Path target = target(path);
        Path temporary = temporary(target);
        T result;
        try {
            Files.createDirectory(temporary);
            result = filling.fill(temporary);
            moveInto(target, temporary);
        } finally {
            Trees.delete(temporary);
        }
        return result;
    }

    private static void moveInto(Path target, Path temporary) throws IOException {
        List<Path> moved = new ArrayList<>();
        try {
            for (Path file : Trees.files(temporary)) {
                Path place = target.resolve(temporary.relativize(file));
                forceFile(file);
                Files.createDirectories(folderOf(place));
                refuseExisting(place, false);
                Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
                moved.add(place);
                forceRename(folderOf(place));
            }
        } catch (IOException e) {
            for (Path file : moved) {
                try {
                    Files.delete(file);
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
    }

    /**
     * Ends a replacement of a folder that was cut off between taking the old one away and putting the new one there. Who reads a
     * folder calls it where there seems to be none; otherwise it does nothing.
     */
    public static void finishSwap(Path path) throws IOException {
        Path target = target(path);
        Path next = next(target);
        if (Files.exists(next) && !Files.exists(target)) {
            try {
                Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                // Somebody else has just done it.
                return;
            }
        }
    }

    /**
     * No system replaces a full folder in one step. So the new one first gets a name that says that it is complete; whoever then
     * finds no folder in its place puts that one there.
     */
    private static void swap(Path complete, Path target) throws IOException {
        FileMutex.Held held = FileMutex.of(target, SWAP_PATIENCE).acquire();
        try {
            finishSwap(target);
            Path old = beside(target, ".old");
            Trees.delete(old);
            Trees.delete(next(target));
            Files.move(complete, next(target), StandardCopyOption.ATOMIC_MOVE);
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            finishSwap(target);
            Trees.delete(old);
        } finally {
            held.close();
        }
    }

    private static Path next(Path target) {
        return beside(target, ".next");
    }

    /** A name beside the target that nobody has, and that is swept once this process is dead. */
    public static Path temporary(Path target) {
        Lease.sweep(folderOf(target), ".", TEMPORARY);
        return beside(target, "." + Lease.newName() + TEMPORARY);
    }

    /** Hidden, since many a program reads whole folders. */
    private static Path beside(Path target, String suffix) {
        return target.resolveSibling("." + target.getFileName() + suffix);
    }

    /** The file or folder itself, whichever links lead to it: a rename onto a link would replace the link. */
    public static Path target(Path path) throws IOException {
        Path target = path.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemException(path.toString(), null, "the symbolic link leads in a circle");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        if (target.getFileName() == null) {
            throw new FileSystemException(path.toString(), null, "it is not the name of a file");
        }
        return target;
    }

    private static Path folderOf(Path target) {
        return target.resolveSibling("");
    }

    private static void refuseExisting(Path target, boolean overwrite) throws IOException {
        if (!overwrite && Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    /** Who may read a file must not change because it was written. */
    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view != null && Files.exists(from)) {
            view.setPermissions(Files.getPosixFilePermissions(from));
        }
    }

    private static void forceFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void forceRename(Path folder) throws NotDurableException {
        try {
            forceFolder(folder);
        } catch (IOException e) {
            throw new NotDurableException(e);
        }
    }

    /** Where folders can be opened: not on Windows. */
    private static void forceFolder(Path folder) throws IOException {
        if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}

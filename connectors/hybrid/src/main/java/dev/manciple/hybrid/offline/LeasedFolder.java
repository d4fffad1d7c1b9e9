package dev.manciple.hybrid.offline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this process's own. Beside it lies a file this process holds a lock on: the system lets go of it when the process
 * ends, however it ends, and whoever makes the next folder deletes those that nobody holds any more.
 */
final class LeasedFolder implements AutoCloseable {
    private static final String PREFIX = "manciple-hybrid-";
    private static final String LEASE = ".lease";

    private final Path folder;
    private final Path lease;
    private final FileChannel held;

    private LeasedFolder(Path folder, Path lease, FileChannel held) {
        this.folder = folder;
        this.lease = lease;
        this.held = held;
    }

    /** Makes a new one, and deletes what processes that are gone have left. */
    static LeasedFolder under(Path parent) throws IOException {
        Files.createDirectories(parent);
        sweep(parent);
        while (true) {
            String name = PREFIX + UUID.randomUUID();
            Path lease = parent.resolve(name + LEASE);
            FileChannel channel = FileChannel.open(lease, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Another process may have swept the file between its making and its locking; then this is tried again.
            if (lock(channel).isPresent() && Files.exists(lease)) {
                return new LeasedFolder(Files.createDirectory(parent.resolve(name)), lease, channel);
            }
            channel.close();
        }
    }

    Path path() {
        return folder;
    }

    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> leases = Files.newDirectoryStream(parent, PREFIX + "*" + LEASE)) {
            for (Path lease : leases) {
                try (FileChannel channel = FileChannel.open(lease, StandardOpenOption.WRITE)) {
                    if (lock(channel).isPresent()) {
                        String name = lease.getFileName().toString();
                        deleteTree(parent.resolve(name.substring(0, name.length() - LEASE.length())));
                        Files.deleteIfExists(lease);
                    }
                } catch (java.nio.file.NoSuchFileException | java.nio.file.AccessDeniedException e) {
                    // Swept by another process meanwhile, or another user's: not ours to clean.
                }
            }
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        try (held) {
            deleteTree(folder);
            Files.deleteIfExists(lease);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package dev.manciple.registry;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.internal.FileMutex;
import dev.manciple.spi.internal.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The one file of a registry: read whole, and replaced whole or not at all. Feast overwrites it in place and takes no lock, so
 * a read checks that the file kept still meanwhile.
 */
final class RegistryFile {
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(60);

    /** Two writes within one tick of a file system's clock look the same from outside; the coarsest tick is FAT's. */
    private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

    private static final int READ_ATTEMPTS = 20;
    private static final long READ_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path path;

    RegistryFile(Path path) {
        this.path = path;
    }

    /** What the file looks like from outside. */
    record Stamp(FileTime modified, long size, Optional<Object> key) {
        private static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.lastModifiedTime(), attributes.size(), Optional.ofNullable(attributes.fileKey()));
        }
    }

    /**
     * The file as it was at one moment.
     *
     * @param settled whether an equal stamp later on proves equal bytes: the file was not young when it was read
     */
    record Content(ByteBuffer bytes, Stamp stamp, boolean settled) {}

    String name() {
        return "file registry " + path;
    }

    Path path() {
        return path;
    }

    /** Empty where there is no file. */
    Optional<Stamp> stamp() {
        try {
            return Optional.of(Stamp.of(Files.readAttributes(path, BasicFileAttributes.class)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("look at the file", Outcome.NOT_APPLIED, e);
        }
    }

    /** Empty where there is no file; reading never makes one. */
    Optional<Content> read() {
        try {
            for (int attempt = 1; ; attempt++) {
                Instant now = Instant.now();
                BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
                if (!before.isRegularFile()) {
                    throw new IOException("it is not a file");
                }
                byte[] bytes = Files.readAllBytes(path);
                Stamp stamp = Stamp.of(before);
                Stamp after = Stamp.of(Files.readAttributes(path, BasicFileAttributes.class));
                boolean still = stamp.equals(after) && stamp.size() == bytes.length;
                boolean last = attempt == READ_ATTEMPTS;
                if (still && (bytes.length > 0 || last)) {
                    boolean settled =
                            stamp.modified().toInstant().plus(COARSEST_CLOCK).isBefore(now);
                    return Optional.of(new Content(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), stamp, settled));
                }
                if (last) {
                    throw new IOException("it keeps changing while it is read");
                }
                LockSupport.parkNanos(READ_PAUSE_NANOS);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("read the file", Outcome.NOT_APPLIED, e);
        }
    }

    /** Runs {@code work} while no other writer of Manciple's, in any process, runs its own. */
    <T> T exclusively(String attempted, Supplier<T> work) {
        FileMutex.Held held = lock(attempted);
        try {
            return work.get();
        } finally {
            held.close();
        }
    }

    private FileMutex.Held lock(String attempted) {
        try {
            Path target = WholeFile.target(path);
            if (Files.isDirectory(target)) {
                throw new IOException("it is a folder, not a file");
            }
            Files.createDirectories(target.resolveSibling(""));
            return FileMutex.of(target, LOCK_PATIENCE).acquire();
        } catch (IOException e) {
            throw failure(attempted, Outcome.NOT_APPLIED, e);
        }
    }

    /**
     * Puts {@code bytes} in place of the file's content; a reader, and whoever looks after a crash, sees the old content or the
     * new.
     */
    void replace(byte[] bytes) {
        try {
            WholeFile.write(path, true, file -> Files.write(file, bytes));
        } catch (WholeFile.NotDurableException e) {
            throw failure("make the new file durable", Outcome.MAYBE, e);
        } catch (IOException e) {
            throw failure("write the file", Outcome.NOT_APPLIED, e);
        }
    }

    private StoreException failure(String attempted, Outcome outcome, IOException cause) {
        return new StoreException(name(), attempted, true, outcome, explained(cause));
    }

    /** The messages of these are bare paths. */
    private static IOException explained(IOException cause) {
        return switch (cause) {
            case AccessDeniedException e -> new IOException("no permission for " + e.getFile(), e);
            case FileAlreadyExistsException e ->
                new IOException(e.getFile() + " exists and is not what is needed there", e);
            case NoSuchFileException e -> new IOException(e.getFile() + " does not exist", e);
            default -> cause;
        };
    }
}

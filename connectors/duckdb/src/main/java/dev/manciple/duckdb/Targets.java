package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.FileMutex;
import dev.manciple.spi.internal.WholeFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files and folders that appear whole or not at all, their failures told in terms of the place that was asked for. */
final class Targets {
    /** Many times what rewriting a large file takes, so that only a stuck writer uses it up. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String FILE_SYSTEM = "The file system";
    private static final String DISK_FULL = "No space left on device";

    /** What the system said, which the engine puts after the path. */
    private static final Pattern REASON = Pattern.compile("file \\\\?\"[^\"]*\": ([^\"{}]+)");

    private Targets() {}

    /** Fills a new file or folder and returns how many rows it holds. */
    interface Filling {
        long fill(Path place) throws IOException;
    }

    /**
     * Creates or replaces a file.
     *
     * @throws InvalidRequestException where there is one and {@code overwrite} is false, or none can be written
     */
    static long write(Path target, boolean overwrite, Filling filling) {
        return writing(target, () -> WholeFile.write(target, overwrite, place -> filled(target, place, filling)));
    }

    /** As {@link #write}, for a folder that is filled with files. */
    static long writeFolder(Path target, boolean overwrite, Filling filling) {
        return writing(target, () -> WholeFile.writeFolder(target, overwrite, place -> filled(target, place, filling)));
    }

    /** As {@link #write}, for files in folders of their own, which are added to a folder that is there. */
    static long addAll(Path target, Filling filling) {
        return writing(target, () -> WholeFile.addAll(target, place -> filled(target, place, filling)));
    }

    /**
     * Runs something while nobody else, in any process, may rewrite a file; waits for that. Two that append at once, each
     * rewriting the whole file, would lose one's rows.
     *
     * @throws StoreException where another writer does not finish in time; nothing ran
     */
    static void alone(Path target, Duration patience, Runnable rewriting) {
        FileMutex.Held held = lock(target, patience);
        try {
            rewriting.run();
        } finally {
            held.close();
        }
    }

    private static FileMutex.Held lock(Path target, Duration patience) {
        try {
            return FileMutex.of(target, patience).acquire();
        } catch (IOException e) {
            throw new StoreException(
                    FILE_SYSTEM,
                    "lock '%s' for writing".formatted(target),
                    true,
                    StoreException.Outcome.NOT_APPLIED,
                    explained(e));
        }
    }

    /** The engine speaks of the place it fills, which nobody asked for and which is gone by the time this is read. */
    private static long filled(Path target, Path place, Filling filling) throws IOException {
        try {
            return filling.fill(place);
        } catch (StoreException e) {
            String message = Objects.requireNonNullElse(e.getMessage(), "");
            if (message.contains(place.toString())) {
                Matcher reason = REASON.matcher(message);
                throw new IOException(
                        reason.find() ? reason.group(1) : message.replace(place.toString(), target.toString()), e);
            }
            throw e;
        }
    }

    private interface Writing {
        long write() throws IOException;
    }

    private static long writing(Path target, Writing writing) {
        try {
            return writing.write();
        } catch (FileSystemException e) {
            if (e instanceof FileAlreadyExistsException && Files.exists(target)) {
                throw new InvalidRequestException(
                        InvalidRequestException.Reason.PLACE_TAKEN,
                        "'%s' exists already; choose another path or allow overwriting".formatted(target),
                        e);
            }
            throw new InvalidRequestException(
                    "'%s' cannot be written: %s. Nothing was written; choose another path, or make this one writable"
                            .formatted(target, reason(e)),
                    e);
        } catch (WholeFile.NotDurableException e) {
            throw notWritten(target, StoreException.Outcome.MAYBE, e);
        } catch (IOException e) {
            throw notWritten(target, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private static StoreException notWritten(Path target, StoreException.Outcome outcome, IOException e) {
        return new StoreException(FILE_SYSTEM, "write '%s'".formatted(target), false, outcome, explained(e));
    }

    private static IOException explained(IOException e) {
        boolean full = Objects.requireNonNullElse(e.getMessage(), "").contains(DISK_FULL);
        return full ? new IOException("the disk is full; make room and try again. What was there is unharmed", e) : e;
    }

    /** The messages of these exceptions are paths, often of files that only existed meanwhile. */
    private static String reason(FileSystemException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "its folder cannot be written to";
            case FileAlreadyExistsException exists -> "'%s' is not a folder".formatted(exists.getFile());
            default -> Objects.requireNonNullElse(e.getReason(), "the file system refuses it");
        };
    }
}

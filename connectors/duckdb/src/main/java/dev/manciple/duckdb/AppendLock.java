package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The right to rewrite one file, held by one thread of one process. Appending rewrites the whole file, so two at once would lose
 * one's rows. The lock is a file beside the data, gone when it is released.
 */
final class AppendLock implements AutoCloseable {
    private static final long RETRY_MILLIS = 5;

    private final Path file;
    private final FileChannel channel;

    private AppendLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Runs something while nobody else may rewrite the file; waits for that. */
    static void holding(Path data, Runnable rewriting) {
        AppendLock lock = acquire(data);
        try (lock) {
            rewriting.run();
        }
    }

    private static AppendLock acquire(Path data) {
        Path file = data.resolveSibling(".%s.lock".formatted(data.getFileName()));
        try {
            while (true) {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (isHeld(file, channel)) {
                    return new AppendLock(file, channel);
                }
                channel.close();
                Thread.sleep(RETRY_MILLIS);
            }
        } catch (IOException e) {
            throw failed(data, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(data, e);
        }
    }

    private static boolean isHeld(Path file, FileChannel channel) throws IOException {
        try {
            channel.lock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
        // Who held it before has deleted the file when done; a lock on a deleted file excludes nobody.
        String token = UUID.randomUUID().toString();
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).equals(token);
        } catch (NoSuchFileException deleted) {
            return false;
        }
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static StoreException failed(Path data, Exception e) {
        return new StoreException(
                DuckDb.NAME, "lock %s for writing".formatted(data), true, StoreException.Outcome.NOT_APPLIED, e);
    }
}

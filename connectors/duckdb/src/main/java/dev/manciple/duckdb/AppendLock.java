package dev.manciple.duckdb;

import dev.manciple.error.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The right to rewrite one file, held by one thread of one process. Appending rewrites the whole file, so two at once would lose
 * one's rows. The lock is an empty file beside the data, which stays behind because a lock on a deleted file excludes nobody. The
 * operating system frees the lock of a killed process.
 */
final class AppendLock {
    /** Many times what rewriting a large file takes, so that only a stuck writer uses it up. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * One lock per file for the whole process, because POSIX gives file locks to processes: closing any channel of the file
     * drops the lock another thread holds through its own, so only one thread at a time may have the file open at all.
     */
    private static final ConcurrentMap<Path, ReentrantLock> WITHIN_PROCESS = new ConcurrentHashMap<>();

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private AppendLock() {}

    /**
     * Runs something while nobody else may rewrite the file; waits for that.
     *
     * @param data an existing file
     * @param patience how long to wait
     * @throws StoreException where another writer does not finish in time; nothing ran
     */
    static void holding(Path data, Duration patience, Runnable rewriting) {
        long deadline = System.nanoTime() + patience.toNanos();
        Path lockFile = lockFile(data);
        ReentrantLock withinProcess = WITHIN_PROCESS.computeIfAbsent(lockFile, path -> new ReentrantLock());
        acquire(withinProcess, data, deadline);
        try {
            FileChannel channel = lockAmongProcesses(lockFile, data, deadline);
            try {
                rewriting.run();
            } finally {
                release(channel);
            }
        } finally {
            withinProcess.unlock();
        }
    }

    /** The same one whichever links lead to the data. */
    static Path lockFile(Path data) {
        try {
            Path file = data.toRealPath();
            return file.resolveSibling(".%s.lock".formatted(file.getFileName()));
        } catch (IOException e) {
            throw failed(data, e);
        }
    }

    private static void acquire(ReentrantLock lock, Path data, long deadline) {
        try {
            if (!lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw failed(data, busy());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(data, e);
        }
    }

    private static FileChannel lockAmongProcesses(Path lockFile, Path data, long deadline) {
        try {
            if (Files.isSymbolicLink(lockFile)) {
                throw new IOException("the lock file %s is a symbolic link; delete it".formatted(lockFile));
            }
            FileChannel channel = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            try {
                while (tryLock(channel) == null) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new IOException("interrupted while waiting for the lock file " + lockFile);
                    }
                    if (System.nanoTime() - deadline >= 0) {
                        throw busy();
                    }
                    LockSupport.parkNanos(POLL_NANOS);
                }
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(data, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another copy of this class, under another class loader, holds it.
            return null;
        }
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone, and the lock with it, whatever closing reports.
        }
    }

    private static IOException busy() {
        return new IOException("another writer has not finished in time");
    }

    private static StoreException failed(Path data, Exception e) {
        return new StoreException(
                DuckDb.NAME, "lock %s for writing".formatted(data), true, StoreException.Outcome.NOT_APPLIED, e);
    }
}

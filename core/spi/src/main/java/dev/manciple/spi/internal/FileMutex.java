package dev.manciple.spi.internal;

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
 * The right to write one file, held by one thread of one process. It is a lock on an empty file beside it, which stays behind
 * because a lock on a deleted file excludes nobody. The operating system frees the lock of a killed process.
 */
public final class FileMutex {
    /**
     * One lock per file for the whole process, because POSIX gives file locks to processes: closing any channel of the file
     * drops the lock another thread holds through its own, so only one thread at a time may have the file open at all.
     */
    private static final ConcurrentMap<Path, ReentrantLock> WITHIN_PROCESS = new ConcurrentHashMap<>();

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Path lockFile;
    private final Duration patience;

    private FileMutex(Path lockFile, Duration patience) {
        this.lockFile = lockFile;
        this.patience = patience;
    }

    /**
     * The same one whichever links lead to the file.
     *
     * @param file need not exist, its folder must
     * @param patience how long to wait for another holder
     */
    public static FileMutex of(Path file, Duration patience) throws IOException {
        Path target = WholeFile.target(file);
        Path folder = target.resolveSibling("").toRealPath();
        return new FileMutex(folder.resolve(".%s.lock".formatted(target.getFileName())), patience);
    }

    /** Waits for the lock; closing what is returned, by the same thread, frees it. */
    public Held acquire() throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        ReentrantLock lock = WITHIN_PROCESS.computeIfAbsent(lockFile, path -> new ReentrantLock());
        acquire(lock, deadline);
        try {
            return new Held(lock, lockAmongProcesses(deadline));
        } catch (IOException | RuntimeException e) {
            lock.unlock();
            throw e;
        }
    }

    private void acquire(ReentrantLock lock, long deadline) throws IOException {
        try {
            if (!lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the lock file " + lockFile, e);
        }
    }

    private FileChannel lockAmongProcesses(long deadline) throws IOException {
        if (Files.isSymbolicLink(lockFile)) {
            throw new IOException("the lock file " + lockFile + " is a symbolic link; delete it");
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
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another copy of this class, under another class loader, holds it.
            return null;
        }
    }

    private IOException busy() {
        return new IOException("the lock file %s has been held by another writer for more than %d s"
                .formatted(lockFile, patience.toSeconds()));
    }

    /** The lock while it is held. */
    public static final class Held implements AutoCloseable {
        private final ReentrantLock lock;
        private final FileChannel channel;

        private Held(ReentrantLock lock, FileChannel channel) {
            this.lock = lock;
            this.channel = channel;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone, and the lock with it, whatever closing reports.
            } finally {
                lock.unlock();
            }
        }
    }
}

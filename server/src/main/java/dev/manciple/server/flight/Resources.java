package dev.manciple.server.flight;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What an offline server holds beside its socket.
 *
 * @param executor runs each call in a thread of its own
 * @param housekeeping looks after forgotten calls and clients that have gone
 */
record Resources(
        BufferAllocator allocator,
        Spool spool,
        Uploads uploads,
        Watchdog watchdog,
        ExecutorService executor,
        ScheduledExecutorService housekeeping)
        implements AutoCloseable {
    private static final long LOOK_SECONDS = 1;

    /** How long threads get to notice that they are interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static Resources open(OfflineServerOptions.Limits limits, BufferAllocator allocator) {
        Spool spool = Spool.below(Path.of(System.getProperty("java.io.tmpdir")), limits.uploadedBytes());
        Resources resources = new Resources(
                allocator,
                spool,
                new Uploads(limits.abandoned()),
                new Watchdog(),
                Executors.newVirtualThreadPerTaskExecutor(),
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                        .daemon()
                        .name("offline-server-housekeeping")
                        .factory()));
        resources.every(resources.watchdog::look);
        resources.every(resources.uploads::sweep);
        return resources;
    }

    private void every(Runnable look) {
        Future<?> unused = housekeeping.scheduleWithFixedDelay(look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** To be called once nobody can call any more. */
    @Override
    public void close() {
        try (allocator;
                spool;
                uploads) {
            housekeeping.shutdownNow();
            executor.shutdownNow();
            executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

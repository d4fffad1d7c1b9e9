package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.duckdb.Scratch;
import dev.manciple.error.StoreException;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.internal.Lease;
import dev.manciple.spi.internal.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Where requests across stores are put together: the embedded engine, a folder to spill to, and a store over files for rows
 * that were pulled here. Started by the first such request. Thread-safe.
 */
final class Workshop implements AutoCloseable {
    private static final String PREFIX = "manciple-hybrid-";

    private final HybridOfflineConfig config;
    private final StoreContext context;
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable Tools tools;

    Workshop(HybridOfflineConfig config, StoreContext context) {
        this.config = config;
        this.context = context;
    }

    private record Tools(Path folder, LocalEngine engine, OfflineStore files) {}

    HybridOfflineConfig config() {
        return config;
    }

    Deadline deadline() {
        return new Deadline(context.executor(), config.childDeadline());
    }

    BufferAllocator allocator() {
        return context.allocator();
    }

    /** Room for one request; the caller closes it. */
    Scratch scratch() {
        return tools().engine().scratch();
    }

    LocalEngine engine() {
        return tools().engine();
    }

    /** Joins files with entity rows in this process. */
    OfflineStore files() {
        return tools().files();
    }

    /** A file that does not exist yet, gone with this process at the latest. */
    Path newFile(String suffix) {
        return tools().folder().resolve(UUID.randomUUID() + suffix);
    }

    private Tools tools() {
        starting.lock();
        try {
            Tools now = tools;
            if (now == null) {
                now = start();
                tools = now;
            }
            return now;
        } finally {
            starting.unlock();
        }
    }

    private Tools start() {
        Path parent = config.tempDirectory()
                .map(context.repoPath()::resolve)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
        try {
            Lease.sweep(parent, PREFIX, "");
            Path folder = Files.createDirectories(parent.resolve(PREFIX + Lease.newName()));
            DuckDbConfig settings = new DuckDbConfig(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    config.memoryLimit(),
                    Optional.empty(),
                    Optional.of(folder),
                    Optional.empty(),
                    Optional.empty());
            StoreConfig files = new StoreConfig(
                    "duckdb", Map.of("memory_limit", config.memoryLimit(), "temp_directory", folder.toString()));
            return new Tools(
                    folder,
                    new LocalEngine(settings, context.repoPath(), context.allocator()),
                    context.offlineStore(files));
        } catch (IOException e) {
            throw failed("make a folder to spill to below " + parent, e);
        }
    }

    @Override
    public void close() {
        starting.lock();
        try {
            Tools made = tools;
            tools = null;
            if (made != null) {
                LocalEngine engine = made.engine();
                OfflineStore files = made.files();
                try (engine;
                        files) {
                    // The folder goes last, when nobody writes to it any more.
                } finally {
                    Trees.delete(made.folder());
                }
            }
        } catch (IOException e) {
            throw failed("delete what it spilled", e);
        } finally {
            starting.unlock();
        }
    }

    private static StoreException failed(String attempted, IOException e) {
        return new StoreException(HybridOfflineStore.NAME, attempted, false, StoreException.Outcome.NOT_APPLIED, e);
    }
}

package dev.manciple.tck;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * What the kit lends the store under test. It makes no child stores: the fixture of a router wraps it and makes its own.
 *
 * @param executor as the runtime's: a task does not wait for others
 */
public record KitContext(String project, Path repoPath, BufferAllocator allocator, Executor executor)
        implements StoreContext {
    /** For tests beside the kit, of stores that have nothing to do with Arrow: there is no memory for it. */
    public static KitContext withoutArrow(String project, Path repoPath) {
        return withArrow(project, repoPath, new RootAllocator(0));
    }

    /** For tests beside the kit, of stores that make Arrow's batches. */
    public static KitContext withArrow(String project, Path repoPath, BufferAllocator allocator) {
        return new KitContext(project, repoPath, allocator, Thread::startVirtualThread);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public OfflineStore offlineStore(StoreConfig config) {
        throw noChildren(config);
    }

    @Override
    public OnlineStore onlineStore(StoreConfig config) {
        throw noChildren(config);
    }

    private static UnsupportedOperationException noChildren(StoreConfig config) {
        return new UnsupportedOperationException(
                "The kit makes no store of type '%s': a router's fixture wraps this context and makes its children itself"
                        .formatted(config.type()));
    }
}

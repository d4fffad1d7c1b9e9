package dev.manciple.mysql;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/** A project in a folder; this store needs nothing else of its context. */
record TestContext(String project, Path repoPath) implements StoreContext {
    @Override
    public BufferAllocator allocator() {
        throw new UnsupportedOperationException("This store allocates no Arrow memory");
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public OfflineStore offlineStore(StoreConfig config) {
        throw new UnsupportedOperationException("This store has no children");
    }

    @Override
    public OnlineStore onlineStore(StoreConfig config) {
        throw new UnsupportedOperationException("This store has no children");
    }
}

package dev.manciple.postgres;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/** What a store needs of a runtime, for one that makes no children. */
record TestContext(Path repoPath, BufferAllocator allocator) implements StoreContext {
    @Override
    public String project() {
        return "test";
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

package dev.manciple.remote.online;

import dev.manciple.spi.Credentials;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/** What a store of one test is lent; it needs no memory of Arrow's. */
record TestContext(String project, Path repoPath, Credentials credentials) implements StoreContext {
    TestContext(Path folder) {
        this("tck", folder, Credentials.NONE);
    }

    @Override
    public BufferAllocator allocator() {
        throw new UnsupportedOperationException("This store keeps no columns");
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

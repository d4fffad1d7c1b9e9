package dev.manciple.hybrid.online;

import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/** The project {@code shop} in a folder. Online stores need nothing else; offline stores also allocate. */
record InFolder(Path repoPath, Optional<BufferAllocator> memory) implements StoreContext {
    InFolder(Path repoPath) {
        this(repoPath, Optional.empty());
    }

    @Override
    public String project() {
        return "shop";
    }

    @Override
    public BufferAllocator allocator() {
        return memory.orElseThrow(() -> new UnsupportedOperationException("Online stores allocate no Arrow memory"));
    }

    @Override
    public Executor executor() {
        return Thread::startVirtualThread;
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public OfflineStore offlineStore(StoreConfig config) {
        throw new UnsupportedOperationException("RouterContext makes the children");
    }

    @Override
    public OnlineStore onlineStore(StoreConfig config) {
        throw new UnsupportedOperationException("RouterContext makes the children");
    }
}

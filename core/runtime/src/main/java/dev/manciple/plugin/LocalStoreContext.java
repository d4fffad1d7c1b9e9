package dev.manciple.plugin;

import dev.manciple.spi.Credentials;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What this process lends its stores.
 *
 * @param allocator belongs to who made the context
 * @param stores makes the children of routers
 */
public record LocalStoreContext(
        String project,
        Path repoPath,
        BufferAllocator allocator,
        Executor executor,
        InstantSource clock,
        Stores stores,
        Credentials credentials)
        implements StoreContext {

    /** With a virtual thread per task, the system's clock and no credentials. */
    public static LocalStoreContext of(String project, Path repoPath, BufferAllocator allocator, Stores stores) {
        return new LocalStoreContext(
                project,
                repoPath,
                allocator,
                Thread::startVirtualThread,
                InstantSource.system(),
                stores,
                Credentials.NONE);
    }

    public LocalStoreContext withCredentials(Credentials newCredentials) {
        return new LocalStoreContext(project, repoPath, allocator, executor, clock, stores, newCredentials);
    }

    @Override
    public Set<String> offlineStoreNames(String type) {
        return stores.offlineStoreNames("offline store '%s' of a router".formatted(type), type);
    }

    @Override
    public Set<String> onlineStoreNames(String type) {
        return stores.onlineStoreNames("online store '%s' of a router".formatted(type), type);
    }

    @Override
    public OfflineStore offlineStore(StoreConfig config) {
        return stores.offlineStore("offline store '%s' of a router".formatted(config.type()), config, this);
    }

    @Override
    public OnlineStore onlineStore(StoreConfig config) {
        return stores.onlineStore("online store '%s' of a router".formatted(config.type()), config, this);
    }
}

package dev.manciple.spi;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What the runtime lends a store; valid until the store is closed, closed by the runtime. A router makes its children
 * through the same door the runtime used for the router.
 */
public interface StoreContext {
    String project();

    /** The folder relative paths start at. */
    Path repoPath();

    BufferAllocator allocator();

    /** Blocking tasks are welcome here. */
    Executor executor();

    InstantSource clock();

    /** What to show to servers of Feast's protocols, of the {@code auth} section. */
    default Credentials credentials() {
        return Credentials.NONE;
    }

    /**
     * Every name that means the same offline store as {@code type}, that one included: what routers match sources with.
     *
     * @throws dev.manciple.error.ConfigException if the type means nothing here
     */
    default Set<String> offlineStoreNames(String type) {
        return Set.of(type);
    }

    /** As {@link #offlineStoreNames}, of online stores. */
    default Set<String> onlineStoreNames(String type) {
        return Set.of(type);
    }

    /** A child store; the caller closes it. */
    OfflineStore offlineStore(StoreConfig config);

    /** A child store; the caller closes it. */
    OnlineStore onlineStore(StoreConfig config);
}

package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.repo.RepoConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** What servers read from: opened when the first of them asks, and shared. For one thread. */
final class ServedStores implements AutoCloseable {
    private final Session session;
    private final RepoConfig config;
    private final Deque<Runnable> opened = new ArrayDeque<>();
    private @Nullable FeatureStore store;

    ServedStores(Session session, RepoConfig config) {
        this.session = session;
        this.config = config;
    }

    FeatureStore store() {
        FeatureStore known = store;
        if (known == null) {
            known = session.open();
            opened.push(known::close);
            store = known;
        }
        return known;
    }

    /** The registry itself, which one server asks for. */
    StoredRegistry registry() {
        BufferAllocator allocator = new RootAllocator();
        opened.push(allocator::close);
        StoredRegistry registry = session.storedRegistry(config, allocator);
        opened.push(registry::close);
        return registry;
    }

    @Override
    public void close() {
        opened.forEach(Runnable::run);
    }
}

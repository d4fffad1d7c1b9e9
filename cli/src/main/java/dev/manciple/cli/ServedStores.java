package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.repo.RepoConfig;
import dev.manciple.server.DatasetHome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What servers read from: opened when the first of them asks, and shared. Servers that ask later, from threads of their own, are
 * closed before this.
 */
final class ServedStores implements AutoCloseable {
    private final Session session;
    private final RepoConfig config;
    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable FeatureStore store;

    ServedStores(Session session, RepoConfig config) {
        this.session = session;
        this.config = config;
    }

    /** From any thread. */
    FeatureStore store() {
        opening.lock();
        try {
            FeatureStore known = store;
            if (known == null) {
                known = session.open();
                opened.push(known::close);
                store = known;
            }
            return known;
        } finally {
            opening.unlock();
        }
    }

    /** For datasets, which many a server of the registry is never asked for. */
    DatasetHome datasets() {
        return new DatasetHome(config.project(), config.root(), this::store);
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
        opening.lock();
        try {
            opened.forEach(Runnable::run);
        } finally {
            opening.unlock();
        }
    }
}

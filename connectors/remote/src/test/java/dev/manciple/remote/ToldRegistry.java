package dev.manciple.remote;

import dev.manciple.FeatureStore;
import dev.manciple.error.ConflictException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;

/** A registry of one project that has what a test told it last: the kit uses views that nobody applied. Thread-safe. */
public final class ToldRegistry implements Registry {
    private final AtomicInteger version = new AtomicInteger();
    private volatile RegistrySnapshot snapshot;

    public ToldRegistry(String project) {
        snapshot = RegistrySnapshot.empty(project);
    }

    /** A feature store over this registry, for a server to serve: files below a folder, and SQLite's {@code online.db} there. */
    public FeatureStore store(Path folder, BufferAllocator allocator) {
        Stores stores = new Stores(new StoreTypes(Plugins.load(ToldRegistry.class.getClassLoader(), List.of())));
        StoreContext context = LocalStoreContext.of(snapshot.project(), folder, allocator, stores);
        return FeatureStore.of(
                snapshot.project(),
                this,
                stores.offlineStore("offline_store", new StoreConfig("duckdb", Map.of()), context),
                stores.onlineStore("online_store", new StoreConfig("sqlite", Map.of("path", "online.db")), context),
                allocator);
    }

    public Map<String, AnyFeatureView> views() {
        return snapshot.views();
    }

    /** @param views and {@code sources}, by name, in the place of those there were */
    public void tell(Map<String, AnyFeatureView> views, Map<String, DataSource> sources) {
        snapshot = new RegistrySnapshot(
                snapshot.project(),
                Integer.toString(version.incrementAndGet()),
                Map.of(),
                views,
                Map.of(),
                sources,
                Map.of(),
                List.of(),
                Map.of(),
                Extras.NONE);
    }

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        return snapshot;
    }

    @Override
    public Set<String> projects() {
        return Set.of(snapshot.project());
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        throw new ConflictException("Nothing is applied here");
    }

    @Override
    public void teardown(String project) {
        snapshot = RegistrySnapshot.empty(project);
    }

    @Override
    public void close() {}
}

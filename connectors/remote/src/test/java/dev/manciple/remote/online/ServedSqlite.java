package dev.manciple.remote.online;

import dev.manciple.FeatureStore;
import dev.manciple.error.ConflictException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.server.FeatureServer;
import dev.manciple.server.ServerOptions;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.OnlineFixture;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A feature server of Manciple for each project, over one SQLite file, and the views in its registry that were applied. */
final class ServedSqlite implements OnlineFixture {
    private final Path folder;
    private final BufferAllocator allocator = new RootAllocator();
    private final Map<String, Served> served = new ConcurrentHashMap<>();
    private final ServerOptions options;

    ServedSqlite(Path folder) {
        this(folder, ServerOptions.DEFAULT);
    }

    ServedSqlite(Path folder, ServerOptions options) {
        this.folder = folder;
        this.options = new ServerOptions(
                options.host(),
                Optional.of(0),
                options.grpcPort(),
                options.tls(),
                options.limits(),
                Duration.ofMinutes(10),
                Duration.ZERO,
                options.conduct());
    }

    @Override
    public OnlineStore open(StoreContext context) {
        Served server = serve(context.project());
        return new Applying(
                new RemoteOnlineStoreFactory().create(Configs.of(server.server().port()), context), server.registry());
    }

    /** The server of a project. */
    Served serve(String project) {
        return served.computeIfAbsent(project, this::start);
    }

    private Served start(String project) {
        Stores stores = new Stores(new StoreTypes(Plugins.load(ServedSqlite.class.getClassLoader(), List.of())));
        StoreContext context = LocalStoreContext.of(project, folder, allocator, stores);
        Applied registry = new Applied(project);
        FeatureStore store = FeatureStore.of(
                project,
                registry,
                stores.offlineStore("offline_store", new StoreConfig("duckdb", Map.of()), context),
                stores.onlineStore("online_store", new StoreConfig("sqlite", Map.of("path", "online.db")), context),
                allocator);
        return new Served(registry, store, FeatureServer.start(store, options, "test"));
    }

    @Override
    public Set<OnlineCapability> expectedCapabilities() {
        return EnumSet.of(
                OnlineCapability.NEWEST_WINS,
                OnlineCapability.KEEPS_CREATED,
                OnlineCapability.DELETE_ROWS,
                OnlineCapability.SCAN,
                OnlineCapability.VECTOR_SEARCH);
    }

    @Override
    public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
        String sql = "UPDATE \"%s_%s\" SET value = x'ff' WHERE entity_key = ? AND feature_name = ?"
                .formatted(project, view.name());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("online.db"));
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setBytes(1, EntityKeyCodec.of(view.entityColumns()).encode(key));
            update.setString(2, feature.name());
            return update.executeUpdate() == 1;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        served.values().forEach(Served::close);
        allocator.close();
    }

    /** A server and what it serves. */
    record Served(Applied registry, FeatureStore store, FeatureServer server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
            store.close();
        }
    }

    /** A registry of the views that were applied. */
    static final class Applied implements Registry {
        private final AtomicInteger version = new AtomicInteger();
        private volatile RegistrySnapshot snapshot;

        Applied(String project) {
            snapshot = RegistrySnapshot.empty(project);
        }

        synchronized void apply(ViewChanges changes) {
            Map<String, AnyFeatureView> views = new LinkedHashMap<>(snapshot.views());
            changes.keep().forEach(view -> views.put(view.name(), view));
            changes.drop().forEach(view -> views.remove(view.name()));
            snapshot = new RegistrySnapshot(
                    snapshot.project(),
                    Integer.toString(version.incrementAndGet()),
                    Map.of(),
                    views,
                    Map.of(),
                    Map.of(),
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
            throw new ConflictException("Views are applied another way here");
        }

        @Override
        public void teardown(String project) {
            snapshot = RegistrySnapshot.empty(project);
        }

        @Override
        public void close() {}
    }

    /** The remote store of a feature store that applies, whose registry the server uses: tables, then the registry, then drops. */
    private record Applying(OnlineStore store, Applied registry) implements OnlineStore {
        @Override
        public void update(ViewChanges changes) {
            store.update(new ViewChanges(changes.keep(), List.of()));
            registry.apply(changes);
            store.update(new ViewChanges(List.of(), changes.drop()));
        }

        @Override
        public Set<OnlineCapability> capabilities() {
            return store.capabilities();
        }

        @Override
        public List<OnlineResult> read(List<OnlineRead> reads) {
            return store.read(reads);
        }

        @Override
        public void write(FeatureView view, List<OnlineRow> rows) {
            store.write(view, rows);
        }

        @Override
        public List<InfraChange> plan(ViewChanges changes) {
            return store.plan(changes);
        }

        @Override
        public void teardown(List<FeatureView> views) {
            store.teardown(views);
        }

        @Override
        public long purge(FeatureView view, Instant limit) {
            return store.purge(view, limit);
        }

        @Override
        public Stream<OnlineRow> scan(FeatureView view) {
            return store.scan(view);
        }

        @Override
        public long count(FeatureView view) {
            return store.count(view);
        }

        @Override
        public List<Neighbor> search(VectorQuery query) {
            return store.search(query);
        }

        @Override
        public ChronoUnit timePrecision() {
            return store.timePrecision();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}

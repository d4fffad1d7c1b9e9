package dev.manciple.remote.online;

import dev.manciple.FeatureStore;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.remote.ToldRegistry;
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
        ToldRegistry registry = new ToldRegistry(project);
        FeatureStore store = registry.store(folder, allocator);
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
    record Served(ToldRegistry registry, FeatureStore store, FeatureServer server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
            store.close();
        }
    }

    /** The remote store of a feature store that applies, whose registry the server uses: tables, then the registry, then drops. */
    private record Applying(OnlineStore store, ToldRegistry registry) implements OnlineStore {
        @Override
        public void update(ViewChanges changes) {
            store.update(new ViewChanges(changes.keep(), List.of()));
            apply(changes);
            store.update(new ViewChanges(List.of(), changes.drop()));
        }

        private void apply(ViewChanges changes) {
            Map<String, AnyFeatureView> views = new LinkedHashMap<>(registry.views());
            changes.keep().forEach(view -> views.put(view.name(), view));
            changes.drop().forEach(view -> views.remove(view.name()));
            registry.tell(views, Map.of());
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

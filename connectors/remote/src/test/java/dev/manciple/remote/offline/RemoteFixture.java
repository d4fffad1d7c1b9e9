package dev.manciple.remote.offline;

import dev.manciple.FeatureStore;
import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.remote.ToldRegistry;
import dev.manciple.server.flight.OfflineServer;
import dev.manciple.server.flight.OfflineServerOptions;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.WriteReport;
import dev.manciple.tck.OfflineFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** An offline server of Manciple over files, and what the kit asks for registered there just before it is asked for. */
final class RemoteFixture implements OfflineFixture {
    /** The engine that writes the files of several fixtures, for starting one takes longer than most tests. */
    static final class Writer implements AutoCloseable {
        private final BufferAllocator allocator = new RootAllocator();
        private final LocalEngine engine = new LocalEngine(DuckDbConfig.defaults(), Path.of(""), allocator);

        @Override
        public void close() {
            engine.close();
            allocator.close();
        }
    }

    private final Path folder;
    private final Writer writer;
    private final BufferAllocator allocator = new RootAllocator();
    private final ToldRegistry registry = new ToldRegistry("tck");
    private final FeatureStore store;
    private final OfflineServer server;

    RemoteFixture(Path folder, Writer writer) {
        this.folder = folder;
        this.writer = writer;
        this.store = registry.store(folder, allocator);
        this.server = OfflineServer.start(
                store,
                OfflineServerOptions.DEFAULT.withPort(0).withRepository(folder).withDrain(Duration.ZERO));
    }

    @Override
    public OfflineStore open(StoreContext context) {
        RemoteOfflineConfig config = new RemoteOfflineConfig(
                RemoteOfflineConfig.Scheme.HTTP,
                "127.0.0.1",
                server.port(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty());
        return new Announcing(new RemoteOfflineStoreFactory().create(config, context), registry);
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        writer.engine.writeFile(rows, folder.resolve(name + ".parquet"), "parquet", true);
        return target(name, time);
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return DataSource.Batch.files(name + ".parquet").name(name).time(time);
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return EnumSet.of(
                OfflineCapability.QUERY_SPINE,
                OfflineCapability.RANGE_SPINE,
                OfflineCapability.WRITE,
                OfflineCapability.PERSIST,
                OfflineCapability.FILTER_BY_CREATED);
    }

    @Override
    public String selectAll(DataSource.Batch source) {
        String uri = ((SourceLocation.Files) source.location()).uri();
        return "SELECT * FROM '%s'".formatted(folder.resolve(uri).toString().replace("'", "''"));
    }

    @Override
    public void close() {
        try (allocator;
                store;
                server) {
            // In the reverse order.
        }
    }

    private static void announce(ToldRegistry registry, List<FeatureView> views, List<DataSource.Batch> sources) {
        Map<String, AnyFeatureView> byName = new LinkedHashMap<>();
        Map<String, DataSource> sourcesByName = new LinkedHashMap<>();
        views.forEach(view -> {
            byName.put(view.name(), view);
            view.source().ifPresent(source -> sourcesByName.put(source.name(), source));
        });
        sources.forEach(source -> sourcesByName.put(source.name(), source));
        registry.tell(byName, sourcesByName);
    }

    /** The remote store, whose users have applied what they use. */
    private record Announcing(OfflineStore store, ToldRegistry registry) implements OfflineStore {
        @Override
        public Set<OfflineCapability> capabilities() {
            return store.capabilities();
        }

        @Override
        public RetrievalJob historicalFeatures(HistoricalRequest request) {
            List<ViewSlice> slices = new ArrayList<>();
            for (ViewSlice slice : request.slices()) {
                slices.add(new ViewSlice(
                        renamed(slice.view(), "%s_%d".formatted(slice.view().name(), slices.size())),
                        slice.outputName(),
                        slice.features(),
                        slice.joinKeyMap()));
            }
            HistoricalRequest unambiguous =
                    new HistoricalRequest(request.spine(), slices, request.fullFeatureNames(), request.options());
            List<FeatureView> views = slices.stream().map(ViewSlice::view).toList();
            return new Job(store.historicalFeatures(unambiguous), views, List.of(), registry);
        }

        /** The kit calls different views the same, which no registry lets them be. */
        private static FeatureView renamed(FeatureView view, String name) {
            return FeatureView.of(name)
                    .source(view.source().orElseThrow())
                    .entities(view.entities())
                    .entityColumns(view.entityColumns())
                    .features(view.features())
                    .ttl(view.ttl());
        }

        @Override
        public RetrievalJob pullLatest(PullRequest request) {
            return new Job(store.pullLatest(request), List.of(), List.of(request.source()), registry);
        }

        @Override
        public RetrievalJob pullAll(PullRequest request) {
            return new Job(store.pullAll(request), List.of(), List.of(request.source()), registry);
        }

        @Override
        public Schema describe(DataSource.Batch source) {
            return store.describe(source);
        }

        @Override
        public void write(FeatureView view, ArrowReader rows) {
            announce(registry, List.of(view), List.of());
            store.write(view, rows);
        }

        @Override
        public void writeLoggedFeatures(DataSource.Batch sink, ArrowReader logs) {
            store.writeLoggedFeatures(sink, logs);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private record Job(RetrievalJob job, List<FeatureView> views, List<DataSource.Batch> sources, ToldRegistry registry)
            implements RetrievalJob {
        @Override
        public Schema schema() {
            announce(registry, views, sources);
            return job.schema();
        }

        @Override
        public ArrowReader open(BufferAllocator allocator) {
            announce(registry, views, sources);
            return job.open(allocator);
        }

        @Override
        public Explanation explain() {
            return job.explain();
        }

        @Override
        public WriteReport writeTo(SourceLocation target, boolean overwrite) {
            return job.writeTo(target, overwrite);
        }

        @Override
        public void persist(DataSource.Batch target, boolean overwrite) {
            announce(registry, views, List.of(target));
            job.persist(target, overwrite);
        }
    }
}

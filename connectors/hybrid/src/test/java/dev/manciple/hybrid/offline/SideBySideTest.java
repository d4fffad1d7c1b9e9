package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.materialize.MaterializeLimits;
import dev.manciple.materialize.Materializer;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Views of two stores, each of which gives nothing before the other was asked. */
@Timeout(60)
class SideBySideTest {
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final Field KEY = Field.of("driver_id", Scalar.INT64);
    private static final Field SCORE = Field.of("score", Scalar.INT64);

    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        allocator.close();
    }

    @Test
    void viewsOfDifferentStoresAreMaterializedAtOnce() throws IOException {
        List<FeatureView> views = List.of(view("lake"), view("barn"));
        StoreContext context = Contexts.of(folder, allocator);
        CyclicBarrier both = new CyclicBarrier(2);
        try (OfflineStore offline = router(context, both);
                OnlineStore online = context.onlineStore(new StoreConfig("sqlite", Map.of("path", "online.db")));
                Registry registry = Contexts.stores()
                        .registry("test", new StoreConfig("file", Map.of("path", "registry.db")), context)) {
            registry.commit(
                    registry.load("test", Optional.empty()),
                    views.stream().<RegistryChange>map(RegistryChange.Put::new).toList());
            online.update(new ViewChanges(views, List.of()));
            MaterializeLimits limits = new MaterializeLimits(100, 1, 2);
            MaterializeReport report = new Materializer(
                            registry, "test", offline, online, allocator, InstantSource.system(), limits)
                    .materialize(NOON, NOON, List.of("lake", "barn"), MaterializeListener.NONE);

            assertThat(report.failedViews()).isEmpty();
            assertThat(report.rowsByView()).isEqualTo(Map.of("lake", 1L, "barn", 1L));
            for (FeatureView view : views) {
                try (Stream<OnlineRow> rows = online.scan(view)) {
                    assertThat(rows.map(OnlineRow::key))
                            .containsExactly(new EntityKey(List.of("driver_id"), List.of(new Value.Int(1))));
                }
            }
        }
    }

    private FeatureView view(String home) throws IOException {
        Table rows = Table.of(
                List.of(KEY, Field.of("at", Scalar.UNIX_TIMESTAMP), SCORE),
                List.of(List.of(new Value.Int(1), new Value.Time(NOON), new Value.Int(10))));
        try (LocalEngine engine = new LocalEngine(allocator);
                ArrowReader reader = rows.reader(allocator)) {
            engine.writeFile(reader, folder.resolve(home + ".parquet"), "parquet", false);
        }
        return FeatureView.of(home)
                .source(DataSource.Batch.files(home + ".parquet")
                        .name(home)
                        .time(new TimeColumns("at", Optional.empty(), Optional.empty()))
                        .about(About.NOTHING.tags(Map.of(Route.STORE_TAG, home))))
                .entities(List.of(KEY.name()))
                .entityColumns(List.of(KEY))
                .features(SCORE);
    }

    private static OfflineStore router(StoreContext context, CyclicBarrier both) {
        List<Map<String, Object>> children =
                List.of(Map.of("type", "duckdb", "name", "lake"), Map.of("type", "duckdb", "name", "barn"));
        HybridOfflineConfig config =
                new ConfigBinder().bind("test", HybridOfflineConfig.class, Map.of("offline_stores", children));
        Deadline deadline = new Deadline(context.executor(), config.childDeadline());
        List<ChildStore> stores = Stream.of("lake", "barn")
                .map(name -> new ChildStore(
                        name,
                        "duckdb",
                        Set.of(name),
                        new Meeting(context.offlineStore(new StoreConfig("duckdb", Map.of())), both),
                        deadline))
                .toList();
        return new HybridOfflineStore(config, stores, context, true);
    }

    private static final class Meeting extends Decorated {
        private final CyclicBarrier both;

        Meeting(OfflineStore store, CyclicBarrier both) {
            super(store);
            this.both = both;
        }

        @Override
        ArrowReader given(ArrowReader reader, BufferAllocator batches) {
            throw new AssertionError("Nothing is joined");
        }

        @Override
        public RetrievalJob pullLatest(PullRequest request) {
            RetrievalJob job = super.pullLatest(request);
            return new RetrievalJob() {
                @Override
                public Schema schema() {
                    return job.schema();
                }

                @Override
                public ArrowReader open(BufferAllocator batches) {
                    try {
                        both.await();
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new IllegalStateException("The other store was never asked", e);
                    }
                    return job.open(batches);
                }

                @Override
                public Explanation explain() {
                    return job.explain();
                }
            };
        }
    }
}

package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.error.StoreException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server behind one child stops; the message says which child it was, and the other goes on. */
class ServerFaultsTest {
    private static final Field KEY = Field.of("driver_id", Scalar.INT64);
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final TimeColumns TIME = new TimeColumns("at", Optional.empty(), Optional.empty());
    private static final Table ROWS = Table.of(
            List.of(KEY, Field.of("at", Scalar.UNIX_TIMESTAMP), SCORE),
            List.of(List.of(
                    new Value.Int(1), new Value.Time(Instant.parse("2025-06-01T12:00:00Z")), new Value.Int(10))));
    private static final Table SPINE = Table.of(
            List.of(KEY, Field.of("t", Scalar.UNIX_TIMESTAMP)),
            List.of(List.of(new Value.Int(1), new Value.Time(Instant.parse("2025-06-01T13:00:00Z")))));

    @TempDir
    private Path folder;

    @Test
    void aServerThatStopsIsNamedByItsChildAndTheOtherGoesOn() throws IOException {
        TestServer server = TestServer.start();
        try (server;
                BufferAllocator allocator = new RootAllocator();
                LocalEngine engine = new LocalEngine(DuckDbConfig.defaults(), folder, allocator)) {
            StoreContext context = Contexts.of(folder, allocator);
            DataSource.Batch file =
                    DataSource.Batch.files("rows.parquet").name("rows").time(TIME);
            DataSource.Batch table = new DataSource.Batch(
                    "rows_of_sales",
                    "postgres",
                    new SourceLocation.Table("rows_of_sales"),
                    TIME,
                    Map.of(),
                    About.NOTHING,
                    Extras.NONE);
            Map<String, Object> options = server.options("public");
            try (ArrowReader rows = ROWS.reader(allocator)) {
                engine.writeFile(rows, folder.resolve("rows.parquet"), "parquet", true);
            }
            try (OfflineStore tables = context.offlineStore(new StoreConfig("postgres", options));
                    ArrowReader rows = ROWS.reader(allocator)) {
                tables.writeLoggedFeatures(table, rows);
            }
            try (OfflineStore router = router(options, context)) {
                RetrievalJob both = router.historicalFeatures(request(allocator, slice("a", file), slice("b", table)));
                List<Value> joined = rows(both, allocator).getFirst();
                assertThat(joined.subList(2, 4)).containsExactly(new Value.Int(10), new Value.Int(10));

                server.close();

                assertThatThrownBy(() -> rows(both, allocator))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("offline store 'sales' (postgres)");
                RetrievalJob one = router.historicalFeatures(request(allocator, slice("a", file)));
                assertThat(rows(one, allocator).getFirst().getLast()).isEqualTo(new Value.Int(10));
            }
        }
    }

    private static OfflineStore router(Map<String, Object> options, StoreContext context) {
        List<Map<String, Object>> children = List.of(
                Map.of("type", "duckdb", "name", "lake"), Map.of("type", "postgres", "name", "sales", "conf", options));
        return HybridOfflineStore.create(
                new ConfigBinder().bind("test", HybridOfflineConfig.class, Map.of("offline_stores", children)),
                context);
    }

    private static HistoricalRequest request(BufferAllocator allocator, ViewSlice... slices) {
        return new HistoricalRequest(
                SPINE.spine("t", allocator), List.of(slices), true, HistoricalRequest.Options.DEFAULT);
    }

    private static ViewSlice slice(String name, DataSource.Batch source) {
        FeatureView view = FeatureView.of(name)
                .source(source)
                .entities(List.of(KEY.name()))
                .entityColumns(List.of(KEY))
                .features(SCORE);
        return new ViewSlice(view, name, List.of(SCORE), Map.of());
    }

    private static List<List<Value>> rows(RetrievalJob job, BufferAllocator allocator) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        }
    }
}

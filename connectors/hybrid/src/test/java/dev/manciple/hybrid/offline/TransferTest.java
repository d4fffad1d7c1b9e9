package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What moves between a table of 20,000 rows of 100 keys and the router. The limit of bytes tells which way was taken: pushing 20,000
 * entity rows takes more than the limit, and so does the whole table; the rows of two keys do not.
 */
class TransferTest {
    private static final int ROWS = 20_000;
    private static final long LIMIT = 200_000;
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final Field KEY = Field.of("driver_id", Scalar.INT64);
    private static final Field SCORE = Field.of("score", Scalar.INT64);
    private static final TimeColumns TIME = new TimeColumns("at", Optional.empty(), Optional.empty());

    private final BufferAllocator allocator = new RootAllocator();
    private final TestServer server = TestServer.shared();
    private String schema = "";

    @TempDir
    private Path folder;

    @BeforeEach
    void load() throws IOException {
        schema = server.createSchema();
        server.execute("""
                CREATE TABLE %1$s.scores AS
                SELECT (i %% 100)::int8 AS driver_id, timestamptz '2025-06-01 11:00Z' + i * interval '1 ms' AS at, i::int8 AS score
                FROM generate_series(0, %2$d) AS numbers(i);
                ANALYZE %1$s.scores""".formatted(schema, ROWS - 1));
        try (LocalEngine engine = new LocalEngine(DuckDbConfig.defaults(), folder, allocator);
                ArrowReader rows = Table.of(
                                List.of(KEY, Field.of("at", Scalar.UNIX_TIMESTAMP), SCORE),
                                List.of(List.of(new Value.Int(1), new Value.Time(NOON), new Value.Int(7))))
                        .reader(allocator)) {
            engine.writeFile(rows, folder.resolve("few.parquet"), "parquet", true);
        }
    }

    @AfterEach
    void drop() {
        server.dropSchema(schema);
        allocator.close();
    }

    @Test
    void fewKeysArePulledAlone() throws IOException {
        try (OfflineStore router = router(Map.of("max_transfer_bytes", LIMIT))) {
            List<List<Value>> rows = rows(router.historicalFeatures(request(2)));
            assertThat(rows).hasSize(ROWS);
            assertThat(rows.get(0).getLast()).isEqualTo(new Value.Int(ROWS - 100));
            assertThat(rows.get(1).getLast()).isEqualTo(new Value.Int(ROWS - 99));
        }
    }

    @Test
    void manyKeysMakeTheWholeTableMove() {
        try (OfflineStore router = router(Map.of("max_transfer_bytes", LIMIT))) {
            assertThatThrownBy(() -> rows(router.historicalFeatures(request(ROWS))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("would move about 48");
        }
    }

    @Test
    void aPullMovesTheRowsOfTheKeysOnly() throws IOException {
        try (OfflineStore router = router(Map.of("transfer", "pull", "max_transfer_bytes", LIMIT))) {
            assertThat(rows(router.historicalFeatures(request(2)))).hasSize(ROWS);
        }
    }

    @Test
    void anExplanationSaysWhatTheServerThinksATableHolds() {
        try (OfflineStore router = router(Map.of())) {
            Explanation explained = router.historicalFeatures(request(2)).explain();
            assertThat(explained.plan())
                    .containsPattern(
                            "'sales' \\(postgres\\): push below [\\d,]+ entity rows: .* pull from there on, or sooner if they have few keys: fetches about 480,000 bytes");
        }
    }

    private OfflineStore router(Map<String, Object> more) {
        List<Map<String, Object>> children = List.of(
                Map.of("type", "duckdb", "name", "lake"),
                Map.of("type", "postgres", "name", "sales", "conf", server.options(schema)));
        Map<String, Object> options = new HashMap<>(more);
        options.put("offline_stores", children);
        StoreContext context = Contexts.of(folder, allocator);
        return HybridOfflineStore.create(new ConfigBinder().bind("test", HybridOfflineConfig.class, options), context);
    }

    /** As many entity rows as the table has rows, at noon, of the first keys by turns. */
    private HistoricalRequest request(long keys) {
        Table spine = Table.of(
                List.of(KEY, Field.of("t", Scalar.UNIX_TIMESTAMP)),
                LongStream.range(0, ROWS)
                        .mapToObj(i -> List.<Value>of(new Value.Int(i % keys), new Value.Time(NOON)))
                        .toList());
        DataSource.Batch table = new DataSource.Batch(
                "scores", "postgres", new SourceLocation.Table("scores"), TIME, Map.of(), About.NOTHING, Extras.NONE);
        return new HistoricalRequest(
                spine.spine("t", allocator),
                List.of(slice("few", DataSource.Batch.files("few.parquet").time(TIME)), slice("scores", table)),
                true,
                HistoricalRequest.Options.DEFAULT);
    }

    private static ViewSlice slice(String name, DataSource.Batch source) {
        FeatureView view = FeatureView.of(name)
                .source(source)
                .entities(List.of(KEY.name()))
                .entityColumns(List.of(KEY))
                .features(SCORE);
        return new ViewSlice(view, name, List.of(SCORE), Map.of());
    }

    private List<List<Value>> rows(RetrievalJob job) throws IOException {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        }
    }
}

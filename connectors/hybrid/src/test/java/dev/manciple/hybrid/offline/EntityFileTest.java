package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entity rows of a request across stores that stand in a file. */
class EntityFileTest {
    /** More than a file's first group of rows, which the engine reads by several threads. */
    private static final int ROWS = 300_000;

    private static final Field KEY = Field.of("driver_id", Scalar.INT64);
    private static final Field SCORE = Field.of("score", Scalar.INT64);

    private final BufferAllocator allocator = new RootAllocator();
    private final LocalEngine engine = new LocalEngine(allocator);
    private final AtomicInteger readers = new AtomicInteger();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        engine.close();
        allocator.close();
    }

    @Test
    void theEngineReadsAFileItselfInOrder() throws IOException {
        Path file = write("entities", entities("t"));

        assertInOrder(new Spine.Rows(
                engine.describeFile(file.toString(), "", Map.of()), "t", reader(file), Optional.of(file)));

        assertThat(readers).as("readers opened").hasValue(0);
    }

    @Test
    void aFileOfOtherColumnsIsLeftAlone() throws IOException {
        Path file = write("entities", entities("t"));
        Path other = write("other", entities("time"));

        assertInOrder(new Spine.Rows(
                engine.describeFile(file.toString(), "", Map.of()), "t", reader(file), Optional.of(other)));

        assertThat(readers).as("readers opened").hasValue(1);
    }

    private static String entities(String time) {
        return "SELECT range AS n, range %% 3 AS driver_id, TIMESTAMPTZ '2025-06-01 12:00:00Z' AS %s FROM range(%d)"
                .formatted(time, ROWS);
    }

    private Supplier<ArrowReader> reader(Path file) {
        return () -> {
            readers.incrementAndGet();
            return engine.readFile(file.toString(), "", Map.of(), allocator);
        };
    }

    private void assertInOrder(Spine.Rows spine) throws IOException {
        List<ViewSlice> slices = Stream.of("lake", "barn").map(this::slice).toList();
        HistoricalRequest request = new HistoricalRequest(spine, slices, true, HistoricalRequest.Options.DEFAULT);
        long row = 0;
        long wrong = 0;
        try (OfflineStore router = Contexts.of(folder, allocator)
                        .offlineStore(new StoreConfig(
                                "hybrid",
                                Map.of(
                                        "offline_stores",
                                        List.of(
                                                Map.of("type", "duckdb", "name", "lake"),
                                                Map.of("type", "duckdb", "name", "barn")))));
                ArrowReader rows = router.historicalFeatures(request).open(allocator)) {
            VectorSchemaRoot batch = rows.getVectorSchemaRoot();
            while (rows.loadNextBatch()) {
                for (int i = 0; i < batch.getRowCount(); i++, row++) {
                    boolean right = number(batch, "n", i) == row
                            && number(batch, "lake__score", i) == row % 3 * 10
                            && number(batch, "barn__score", i) == row % 3 * 10;
                    wrong += right ? 0 : 1;
                }
            }
        }
        assertThat(row).as("rows").isEqualTo(ROWS);
        assertThat(wrong).as("rows out of their place").isZero();
    }

    private static long number(VectorSchemaRoot batch, String column, int row) {
        return ((BigIntVector) batch.getVector(column)).get(row);
    }

    private ViewSlice slice(String store) {
        Path file = write(
                store,
                "SELECT range AS driver_id, TIMESTAMPTZ '2025-06-01 11:00:00Z' AS at, range * 10 AS score FROM range(3)");
        FeatureView view = FeatureView.of(store)
                .source(DataSource.Batch.files(file.toString())
                        .eventTime("at")
                        .about(About.NOTHING.tags(Map.of(Route.STORE_TAG, store))))
                .entities(List.of(KEY.name()))
                .entityColumns(List.of(KEY))
                .features(SCORE);
        return new ViewSlice(view, store, List.of(SCORE), Map.of());
    }

    private Path write(String name, String query) {
        Path file = folder.resolve(name + ".parquet");
        try (ArrowReader rows = engine.query(query, Map.of(), allocator)) {
            engine.writeFile(rows, file, "parquet", true);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

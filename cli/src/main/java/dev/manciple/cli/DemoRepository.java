package dev.manciple.cli;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.local.Engine;
import dev.manciple.model.Field;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes the repository of the demo: all of it or nothing. */
final class DemoRepository {
    private static final int BATCH_SIZE = 4096;

    private final Path root;
    private final DemoData data;

    DemoRepository(Path root, InstantSource clock) {
        this.root = root;
        this.data = new DemoData(clock.instant().truncatedTo(ChronoUnit.HOURS));
    }

    void write() {
        try (NewFiles files = new NewFiles(root);
                BufferAllocator allocator = new RootAllocator();
                Engine engine = new Engine(allocator)) {
            write(
                    engine,
                    files.place("data/courier_stats.parquet"),
                    "parquet",
                    DemoData.COURIER_COLUMNS,
                    data.courierStats());
            write(
                    engine,
                    files.place("data/market_prices.parquet"),
                    "parquet",
                    DemoData.PRICE_COLUMNS,
                    data.marketPrices());
            write(engine, files.place("orders.csv"), "csv", DemoData.ORDER_COLUMNS, data.orders());
            files.text("features.yaml", Resource.text("demo/features.yaml"));
            files.text(
                    RepoConfig.FILE_NAME, Resource.text("feature_store.yaml").replace("${project}", "college_kitchen"));
            files.keep();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Engine engine, Path file, String format, List<Field> columns, List<List<Value>> rows)
            throws IOException {
        Schema schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
        try (ArrowReader reader = ArrowRows.reader(engine.allocator(), schema, rows, BATCH_SIZE)) {
            engine.write(reader, file, format, false);
        }
    }
}

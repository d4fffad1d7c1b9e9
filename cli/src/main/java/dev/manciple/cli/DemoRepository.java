package dev.manciple.cli;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.local.Engine;
import dev.manciple.model.Field;
import dev.manciple.plugin.Plugins;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes the repository of the demo: all of it or nothing. */
final class DemoRepository {
    private static final int BATCH_SIZE = 4096;

    private final Path root;
    private final DemoData data;
    private final Optional<DemoDatabase> database;
    private final Plugins plugins;

    /**
     * @param database where the prices go; to a file where there is none
     * @param plugins what offers stores
     */
    DemoRepository(Path root, InstantSource clock, Optional<DemoDatabase> database, Plugins plugins) {
        this.root = root;
        this.database = database;
        this.plugins = plugins;
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
            writePrices(files, engine, allocator);
            write(engine, files.place("orders.csv"), "csv", DemoData.ORDER_COLUMNS, data.orders());
            files.text("features.yaml", definitions());
            files.text(RepoConfig.FILE_NAME, configuration());
            files.keep();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writePrices(NewFiles files, Engine engine, BufferAllocator allocator) throws IOException {
        if (database.isEmpty()) {
            Path file = files.place("data/market_prices.parquet");
            write(engine, file, "parquet", DemoData.PRICE_COLUMNS, data.marketPrices());
            return;
        }
        try (ArrowReader reader = reader(allocator, DemoData.PRICE_COLUMNS, data.marketPrices())) {
            database.get().create(reader, root, allocator, plugins);
        }
    }

    private String definitions() {
        String text = Resource.text("demo/features.yaml");
        return database.isEmpty()
                ? text
                : text.replace(
                        "      path: data/market_prices.parquet\n",
                        "      type: postgres\n      table: market_prices\n");
    }

    private String configuration() {
        String text = Resource.text("feature_store.yaml").replace("${project}", "college_kitchen");
        return database.map(where -> text.replace("  type: duckdb\n", where.configuration()))
                .orElse(text);
    }

    private static ArrowReader reader(BufferAllocator allocator, List<Field> columns, List<List<Value>> rows) {
        Schema schema = new Schema(columns.stream().map(ArrowTypes::field).toList());
        return ArrowRows.reader(allocator, schema, rows, BATCH_SIZE);
    }

    private static void write(Engine engine, Path file, String format, List<Field> columns, List<List<Value>> rows)
            throws IOException {
        try (ArrowReader reader = reader(engine.allocator(), columns, rows)) {
            engine.write(reader, file, format, false);
        }
    }
}

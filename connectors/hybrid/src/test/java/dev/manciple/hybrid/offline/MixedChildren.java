package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.Transfer;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OfflineFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A router over a store of Parquet files and a schema of PostgreSQL, routed by type; sources go to each in turn. */
final class MixedChildren implements OfflineFixture {
    private final BufferAllocator allocator = new RootAllocator();
    private final TestServer server = TestServer.shared();
    private final String schema = server.createSchema();
    private final Path folder;
    private final Transfer transfer;
    private final LocalEngine engine;
    private final OfflineStore tables;
    private int loaded;

    MixedChildren(Path folder, Transfer transfer) {
        this.folder = folder;
        this.transfer = transfer;
        this.engine = new LocalEngine(DuckDbConfig.defaults(), folder, allocator);
        this.tables = Contexts.of(folder, allocator).offlineStore(new StoreConfig("postgres", server.options(schema)));
    }

    @Override
    public OfflineStore open(StoreContext context) {
        HybridOfflineConfig config = new HybridOfflineConfig(
                List.of(
                        new StoreConfig("duckdb", Map.of("name", "lake")),
                        new StoreConfig("postgres", server.options(schema))),
                Optional.empty(),
                CrossEngine.ALLOW,
                Optional.of("lake"),
                transfer,
                Optional.empty(),
                Duration.ofMinutes(5),
                "25%",
                Optional.of(folder.resolve("spill")));
        return HybridOfflineStore.create(config, Contexts.of(folder, context.allocator()));
    }

    /** Every table is a file too, so that the store of files can be asked for any of them in SQL. */
    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        Path file = folder.resolve(name + ".parquet");
        engine.writeFile(rows, file, "parquet", true);
        if (loaded++ % 2 == 0) {
            return DataSource.Batch.files(name + ".parquet").name(name).time(time);
        }
        DataSource.Batch table = table(name, time);
        try (ArrowReader copy = engine.readFile(file.toString(), "parquet", Map.of(), allocator)) {
            tables.writeLoggedFeatures(table, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return table(name, time);
    }

    private static DataSource.Batch table(String name, TimeColumns time) {
        return new DataSource.Batch(
                name,
                "postgres",
                new SourceLocation.Table("\"" + name.replace("\"", "\"\"") + "\""),
                time,
                Map.of(),
                About.NOTHING,
                Extras.NONE);
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return EnumSet.allOf(OfflineCapability.class);
    }

    @Override
    public String selectAll(DataSource.Batch source) {
        return "SELECT * FROM '%s'"
                .formatted(folder.resolve(source.name() + ".parquet").toString().replace("'", "''"));
    }

    @Override
    public void close() {
        tables.close();
        engine.close();
        allocator.close();
        server.dropSchema(schema);
    }
}

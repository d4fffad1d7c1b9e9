package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.DuckDbConfig;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.CrossEngine;
import dev.manciple.hybrid.offline.HybridOfflineConfig.Transfer;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.OfflineFixture;
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

/** A router over stores of Parquet files; every source belongs to another child than the one before. */
final class FileChildren implements OfflineFixture {
    private final BufferAllocator allocator = new RootAllocator();
    private final Path folder;
    private final List<StoreConfig> children;
    private final List<String> homes;
    private final Transfer transfer;
    private final boolean passThrough;
    private final LocalEngine engine;
    private int loaded;

    /** @param homes the names sources are tagged with in turn */
    private FileChildren(
            Path folder, List<StoreConfig> children, List<String> homes, Transfer transfer, boolean passThrough) {
        this.folder = folder;
        this.children = children;
        this.homes = homes;
        this.transfer = transfer;
        this.passThrough = passThrough;
        this.engine = new LocalEngine(DuckDbConfig.defaults(), folder, allocator);
    }

    static FileChildren two(Path folder, Transfer transfer, boolean passThrough) {
        return new FileChildren(
                folder, List.of(child("lake"), child("barn")), List.of("lake", "barn"), transfer, passThrough);
    }

    /** A router one of whose children is a router. */
    static FileChildren nested(Path folder, boolean passThrough) {
        StoreConfig inner = new StoreConfig(
                "hybrid",
                Map.of(
                        "name",
                        "inner",
                        "offline_stores",
                        List.of(Map.of("type", "duckdb", "name", "barn"), Map.of("type", "duckdb", "name", "cellar"))));
        return new FileChildren(
                folder, List.of(child("lake"), inner), List.of("lake", "barn", "cellar"), Transfer.AUTO, passThrough);
    }

    private static StoreConfig child(String name) {
        return new StoreConfig("duckdb", Map.of("name", name));
    }

    @Override
    public OfflineStore open(StoreContext context) {
        HybridOfflineConfig config = new HybridOfflineConfig(
                children,
                Optional.empty(),
                CrossEngine.ALLOW,
                Optional.of("lake"),
                transfer,
                Optional.empty(),
                Duration.ofMinutes(5),
                "25%",
                Optional.of(folder.resolve("spill")));
        StoreContext lent = Contexts.of(folder, context.allocator());
        return new HybridOfflineStore(config, HybridOfflineStore.children(config, lent), lent, passThrough);
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        engine.writeFile(rows, folder.resolve(name + ".parquet"), "parquet", true);
        return source(name, time, homes.get(loaded++ % homes.size()));
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return source(name, time, homes.getLast());
    }

    private static DataSource.Batch source(String name, TimeColumns time, String home) {
        return DataSource.Batch.files(name + ".parquet")
                .name(name)
                .time(time)
                .about(About.NOTHING.tags(Map.of(Route.STORE_TAG, home)));
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return EnumSet.allOf(OfflineCapability.class);
    }

    @Override
    public String selectAll(DataSource.Batch source) {
        String uri = ((SourceLocation.Files) source.location()).uri();
        return "SELECT * FROM '%s'".formatted(folder.resolve(uri).toString().replace("'", "''"));
    }

    @Override
    public void close() {
        engine.close();
        allocator.close();
    }
}

package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineOptions;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryOfflineStore;
import dev.manciple.fixture.MemoryRegistry;
import dev.manciple.fixture.SqliteStores;
import dev.manciple.local.Engine;
import dev.manciple.model.FeatureRef;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A program that serves online features and then asks for what needs DuckDB; a test runs it without DuckDB's jars. */
final class OnlineWithoutDuckDb {
    private OnlineWithoutDuckDb() {}

    /** @param arguments a folder for the database */
    public static void main(String[] arguments) {
        try (BufferAllocator allocator = new RootAllocator()) {
            OnlineStore online = SqliteStores.open(Path.of(arguments[0]), allocator);
            online.update(new ViewChanges(List.of(DRIVER_STATS), List.of()));
            online.write(
                    DRIVER_STATS,
                    List.of(new OnlineRow(
                            new EntityKey(List.of("driver_id"), List.of(new Value.Int(1))),
                            List.of(new Value.Real(0.5), new Value.Int(7)),
                            Instant.now(),
                            Optional.empty())));
            try (FeatureStore store = FeatureStore.of(
                    "drivers",
                    new MemoryRegistry(Definitions.snapshot(DRIVER_STATS)),
                    new MemoryOfflineStore(),
                    online,
                    allocator)) {
                System.out.println(store.onlineFeatures(
                                FeatureSelection.of(FeatureRef.parse("driver_stats:trips")),
                                Map.of("driver_id", List.of(new Value.Int(1))),
                                OnlineOptions.DEFAULT)
                        .values());
            }
            try (Engine engine = new Engine(allocator)) {
                engine.schema(Path.of("rows.csv"), "csv", Map.of());
            } catch (UnsupportedException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}

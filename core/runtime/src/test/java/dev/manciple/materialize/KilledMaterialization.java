package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;

import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.GeneratedHistory;
import dev.manciple.fixture.MemoryRegistry;
import dev.manciple.fixture.SqliteStores;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.ViewChanges;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A program that materializes into SQLite and says after each batch how far it is; a test kills it on the way. */
final class KilledMaterialization {
    static final long KEYS = 50_000;
    static final int BATCH = 500;
    private static final Instant START = Instant.parse("2025-02-01T00:00:00Z");
    private static final Instant END = Instant.parse("2025-02-28T00:00:00Z");

    private KilledMaterialization() {}

    /** @param arguments the folder of the database */
    public static void main(String[] arguments) {
        run(Path.of(arguments[0]), new MaterializeListener() {
            @Override
            public void written(String view, long rows) {
                System.out.println(rows);
            }
        });
    }

    static MaterializeReport run(Path folder, MaterializeListener listener) {
        try (BufferAllocator allocator = new RootAllocator();
                OnlineStore online = SqliteStores.open(folder, allocator)) {
            online.update(new ViewChanges(List.of(DRIVER_STATS), List.of()));
            return new Materializer(
                            new MemoryRegistry(Definitions.snapshot(DRIVER_STATS)),
                            "drivers",
                            new GeneratedHistory(KEYS, 4_096),
                            online,
                            allocator,
                            InstantSource.system(),
                            new MaterializeLimits(BATCH, 2, 1))
                    .materialize(START, END, List.of(), listener);
        }
    }
}

package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.hybrid.offline.HybridOfflineConfig.Transfer;
import dev.manciple.model.ValueType;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.OfflineFixture;
import dev.manciple.tck.Oracle;
import dev.manciple.tck.Scenario;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests whose views lie in random children, compared with the kit's oracle cell by cell. {@code -Dhybrid.requests=1000}
 * runs as many, {@code -Dhybrid.seed=…} starts elsewhere; a failure names the seed of its request.
 */
class SweepTest {
    private static final int REQUESTS = Integer.getInteger("hybrid.requests", 30);
    private static final long SEED = Long.getLong("hybrid.seed", 42L);

    @TempDir
    private Path folder;

    @Test
    void requestsOverFilesAreJoinedLikeTheOracle() {
        sweep(FileChildren.nested(folder, true));
    }

    @Test
    void requestsThatArePulledAreJoinedLikeTheOracle() {
        sweep(FileChildren.two(folder, Transfer.PULL, false));
    }

    @Test
    void requestsOverFilesAndPostgresAreJoinedLikeTheOracle() {
        sweep(new MixedChildren(folder, Transfer.AUTO));
    }

    private void sweep(OfflineFixture fixture) {
        Random seeds = new Random(SEED);
        try (fixture;
                BufferAllocator allocator = new RootAllocator();
                OfflineStore store = fixture.open(Contexts.of(folder, allocator))) {
            for (int i = 0; i < REQUESTS; i++) {
                run(store, fixture, allocator, i, seeds.nextLong());
            }
        }
    }

    private static void run(
            OfflineStore store, OfflineFixture fixture, BufferAllocator allocator, int number, long seed) {
        Scenario scenario = Scenario.random(seed, store.timePrecision(), fixture::stores);
        Map<String, Table> loaded = new HashMap<>();
        List<ViewSlice> slices = new ArrayList<>();
        for (Scenario.View view : scenario.views()) {
            String name = "%d %s".formatted(number, view.sourceName());
            try (ArrowReader rows = view.source().reader(allocator)) {
                slices.add(view.slice(fixture.load(name, view.time(), rows)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            loaded.put(name, view.source());
        }
        boolean filterByCreated = new Random(seed).nextBoolean();
        HistoricalRequest request = new HistoricalRequest(
                scenario.spine().spine(scenario.timeColumn(), allocator),
                slices,
                true,
                new HistoricalRequest.Options(filterByCreated, true));
        List<Oracle.Expected> expected = new Oracle(loaded).join(request, scenario.spine(), scenario.timeColumn());
        List<ValueType> types = new ArrayList<>(scenario.spine().types());
        slices.forEach(slice -> slice.features().forEach(feature -> types.add(feature.type())));
        List<List<Value>> rows;
        try (ArrowReader reader = store.historicalFeatures(request).open(allocator)) {
            rows = ArrowRows.read(reader, types);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String repeat = "request %d; repeat with a scenario of seed %d".formatted(number, seed);
        assertThat(rows).as(repeat).hasSameSizeAs(expected);
        for (int r = 0; r < rows.size(); r++) {
            assertThat(expected.get(r).accepts(rows.get(r)))
                    .as("row %d of %s%ngot      %s%nexpected %s", r, repeat, rows.get(r), expected.get(r))
                    .isTrue();
        }
    }
}

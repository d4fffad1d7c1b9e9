package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More views at once than virtual threads have carriers, most of them behind a router of the router. */
class ManyViewsTest {
    private static final int VIEWS = 3 * Runtime.getRuntime().availableProcessors() + 3;
    private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    private static final Field KEY = Field.of("driver_id", Scalar.INT64);
    private static final TimeColumns TIME = new TimeColumns("at", Optional.empty(), Optional.empty());

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 2, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.MINUTES)
    void theKeysOfARangeAreAskedForAtOnce() throws IOException {
        try (FileChildren children = FileChildren.nested(folder, true);
                BufferAllocator allocator = new RootAllocator();
                OfflineStore router = children.open(Contexts.of(folder, allocator))) {
            List<ViewSlice> slices = new ArrayList<>();
            for (int i = 0; i < VIEWS; i++) {
                slices.add(slice(children, allocator, i));
            }
            HistoricalRequest request = new HistoricalRequest(
                    new Spine.Range(NOON, NOON.plusSeconds(60)), slices, true, HistoricalRequest.Options.DEFAULT);
            try (ArrowReader reader = router.historicalFeatures(request).open(allocator)) {
                List<Value> row = new ArrayList<>(List.of(new Value.Int(1), new Value.Time(NOON)));
                for (int i = 0; i < VIEWS; i++) {
                    row.add(new Value.Int(i));
                }
                assertThat(ArrowRows.read(reader)).containsExactly(row);
            }
        }
    }

    /** A view with one row, the same key and time in each. */
    private static ViewSlice slice(FileChildren children, BufferAllocator allocator, int number) throws IOException {
        Field feature = Field.of("f" + number, Scalar.INT64);
        Table rows = Table.of(
                List.of(KEY, Field.of("at", Scalar.UNIX_TIMESTAMP), feature),
                List.of(List.of(new Value.Int(1), new Value.Time(NOON), new Value.Int(number))));
        try (ArrowReader reader = rows.reader(allocator)) {
            FeatureView view = FeatureView.of("v" + number)
                    .source(children.load("v" + number, TIME, reader))
                    .entities(List.of(KEY.name()))
                    .entityColumns(List.of(KEY))
                    .features(feature);
            return new ViewSlice(view, view.name(), List.of(feature), Map.of());
        }
    }
}

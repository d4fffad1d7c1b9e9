package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import dev.manciple.tck.KitContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDataTest {
    private static final int ZIPCODE = 2;
    private static final int LOAN_TIME = 11;
    private static final int POPULATION = 13;

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void loansGetTheirZipcodeAsOfTheirTime() throws Exception {
        Path loans = SharedData.file("credit/loan_table.parquet");
        Path zipcodes = SharedData.file("credit/zipcode_table.parquet");
        FeatureView view = FeatureView.of("zipcode_features")
                .source(DataSource.Batch.files(zipcodes.toString())
                        .eventTime("event_timestamp")
                        .createdTime("created_timestamp"))
                .entities(List.of("zipcode"))
                .entityColumns(List.of(Field.of("zipcode", Scalar.INT64)))
                .features(Field.of("population", Scalar.INT64))
                .ttl(Duration.ofDays(1_460));
        try (OfflineStore store =
                new DuckDbOfflineStore(DuckDbConfig.defaults(), KitContext.withArrow("test", folder, allocator))) {
            Map<Value, Map<Instant, Value>> history = history(store, view);
            HistoricalRequest request = new HistoricalRequest(
                    new Spine.Query("SELECT * FROM read_parquet('%s')".formatted(loans), "event_timestamp"),
                    List.of(new ViewSlice(view, view.name(), view.features(), Map.of())),
                    false,
                    HistoricalRequest.Options.DEFAULT);

            List<List<Value>> rows = rows(store.historicalFeatures(request).open(allocator));

            assertThat(rows).hasSize(28_638).allSatisfy(row -> {
                Instant time = ((Value.Time) row.get(LOAN_TIME)).value();
                Value expected = history.getOrDefault(row.get(ZIPCODE), Map.of()).entrySet().stream()
                        .filter(at -> !at.getKey().isAfter(time) && !at.getKey().isBefore(time.minus(view.ttl())))
                        .max(Map.Entry.comparingByKey())
                        .map(Map.Entry::getValue)
                        .orElse(Value.Null.NULL);
                assertThat(row.get(POPULATION)).isEqualTo(expected);
            });
            assertThat(rows).anySatisfy(row -> assertThat(row.get(POPULATION)).isNotEqualTo(Value.Null.NULL));
        }
    }

    /** Population by zipcode and time, in memory. */
    private Map<Value, Map<Instant, Value>> history(OfflineStore store, FeatureView view) throws Exception {
        Map<Value, Map<Instant, Value>> history = new HashMap<>();
        PullRequest everything = new PullRequest(
                view.batchSource().orElseThrow(), view.entityColumns(), view.features(), Instant.EPOCH, Instant.now());
        for (List<Value> row : rows(store.pullAll(everything).open(allocator))) {
            history.computeIfAbsent(row.get(0), zipcode -> new HashMap<>())
                    .put(((Value.Time) row.get(2)).value(), row.get(1));
        }
        return history;
    }

    private static List<List<Value>> rows(ArrowReader reader) throws Exception {
        try (reader) {
            return ArrowRows.read(reader);
        }
    }
}

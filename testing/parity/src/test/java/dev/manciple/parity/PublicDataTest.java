package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.RetrievalOptions;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.FeatureRef;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on data of Feast's public examples: apply, join, materialize, read back. */
class PublicDataTest {
    private static final String CONFIG = """
            project: public_data
            provider: local
            registry: data/registry.db
            offline_store: {type: file}
            online_store: {type: sqlite, path: data/online.db}
            entity_key_serialization_version: 3
            """;

    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    Path repository;

    @AfterEach
    void everythingIsFreed() {
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    /** Every zip code has one row of 2017, so a loan finds it by its zip code alone. */
    @Test
    void joinsZipCodesOntoLoans() throws IOException {
        Path loans = Shared.file("data/credit/loan_table.parquet");
        Path zipCodes = Shared.file("data/credit/zipcode_table.parquet");
        String definitions = """
                entities:
                  - {name: zipcode, value_type: INT64}
                feature_views:
                  - name: zipcode_features
                    entities: [zipcode]
                    ttl: 3650d
                    schema:
                      - {name: city, dtype: String}
                      - {name: state, dtype: String}
                      - {name: population, dtype: Int64}
                      - {name: total_wages, dtype: Int64}
                    source:
                      path: '%s'
                      timestamp_field: event_timestamp
                      created_timestamp_column: created_timestamp
                """.formatted(zipCodes);
        try (FeatureStore store = TestRepository.applied(repository, CONFIG, definitions)) {
            FeatureSelection features = FeatureSelection.of(
                    FeatureRef.parse("zipcode_features:city"),
                    FeatureRef.parse("zipcode_features:population"),
                    FeatureRef.parse("zipcode_features:total_wages"));
            List<Map<String, Value>> input = rows(loans);
            Map<Value, Map<String, Value>> byZipCode = new HashMap<>();
            rows(zipCodes).forEach(row -> byZipCode.put(row.get("zipcode"), row));

            List<Map<String, Value>> output = run(store, store.entityRows(loans, features), features);

            assertThat(output).hasSameSizeAs(input).hasSize(28_638);
            int found = 0;
            for (int i = 0; i < input.size(); i++) {
                Map<String, Value> expected = new LinkedHashMap<>(input.get(i));
                Map<String, Value> zipCode = byZipCode.getOrDefault(input.get(i).get("zipcode"), Map.of());
                for (String feature : List.of("city", "population", "total_wages")) {
                    expected.put(feature, zipCode.getOrDefault(feature, Value.Null.NULL));
                }
                found += zipCode.isEmpty() ? 0 : 1;
                assertThat(output.get(i)).as("row %d", i).isEqualTo(expected);
            }
            assertThat(found).isGreaterThan(28_000);

            MaterializeReport report = store.materialize(
                    Instant.parse("2016-01-01T00:00:00Z"),
                    Instant.parse("2022-01-01T00:00:00Z"),
                    List.of(),
                    MaterializeListener.NONE);
            assertThat(report.failedViews()).isEmpty();
            assertThat(report.rowsByView()).isEqualTo(Map.of("zipcode_features", 28_844L));

            OnlineFeatures online = store.onlineFeatures(
                    features,
                    Map.of("zipcode", List.of(new Value.Int(7675), new Value.Int(-1))),
                    OnlineOptions.DEFAULT);
            assertThat(online.names()).containsExactly("zipcode", "city", "population", "total_wages");
            assertThat(online.values().stream().map(List::getFirst))
                    .containsExactly(
                            new Value.Int(7675),
                            new Value.Text("WESTWOOD"),
                            new Value.Int(24_083),
                            new Value.Int(1_089_095_041));
            assertThat(online.statuses().get(1)).containsExactly(FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
            assertThat(online.eventTimes().get(1).getFirst()).isEqualTo(Instant.parse("2017-01-01T12:00:00Z"));
        }
    }

    /** Event times are nanoseconds with a zone, created times microseconds without. Compared with a search row by row. */
    @Test
    void joinsDriverStatisticsAsOfEachTime() throws IOException {
        Path statistics = Shared.file("data/driver/driver_stats.parquet");
        String definitions = """
                entities:
                  - {name: driver, join_keys: [driver_id]}
                feature_views:
                  - name: driver_hourly_stats
                    entities: [driver]
                    ttl: 2h
                    source:
                      path: '%s'
                      timestamp_field: event_timestamp
                      created_timestamp_column: created
                """.formatted(statistics);
        List<Map<String, Value>> history = rows(statistics);
        try (FeatureStore store = TestRepository.applied(repository, CONFIG, definitions)) {
            FeatureSelection features = FeatureSelection.of(
                    FeatureRef.parse("driver_hourly_stats:conv_rate"),
                    FeatureRef.parse("driver_hourly_stats:avg_daily_trips"));
            List<Map<String, Object>> asked = new ArrayList<>();
            Instant newest = history.stream()
                    .map(row -> time(row, "event_timestamp"))
                    .max(Instant::compareTo)
                    .orElseThrow();
            for (int i = 0; i < 2_000; i++) {
                // Steps that meet whole hours now and then, so that both edges of the window are hit to the
                // microsecond.
                Instant time = newest.plusSeconds(3 * 3600).minus(Duration.ofMinutes(15L * i));
                asked.add(Map.of(
                        "driver_id",
                        1001L + i % 6,
                        "event_timestamp",
                        i % 3 == 0 ? time : time.plusNanos(1_000),
                        "__index_level_0__",
                        i));
            }

            List<Map<String, Value>> output = run(store, store.entityRows(asked, features), features);

            assertThat(output).hasSameSizeAs(asked);
            int found = 0;
            for (int i = 0; i < asked.size(); i++) {
                Map<String, Value> row = output.get(i);
                Instant time = time(row, "event_timestamp");
                Optional<Map<String, Value>> expected =
                        newest(history, row.get("driver_id"), time, Duration.ofHours(2));
                found += expected.isPresent() ? 1 : 0;
                assertThat(row.get("__index_level_0__")).isEqualTo(new Value.Int(i));
                for (String feature : List.of("conv_rate", "avg_daily_trips")) {
                    assertThat(row.get(feature))
                            .as("row %d: %s as of %s", i, feature, time)
                            .isEqualTo(expected.map(r -> r.get(feature)).orElse(Value.Null.NULL));
                }
            }
            assertThat(found).isBetween(500, 1_900);

            MaterializeReport report =
                    store.materialize(newest.minus(Duration.ofDays(40)), newest, List.of(), MaterializeListener.NONE);
            assertThat(report.failedViews()).isEmpty();
            long drivers =
                    history.stream().map(row -> row.get("driver_id")).distinct().count();
            assertThat(report.rowsByView()).isEqualTo(Map.of("driver_hourly_stats", drivers));
            OnlineFeatures online = store.onlineFeatures(
                    features, Map.of("driver_id", List.of(new Value.Text("1001"))), new OnlineOptions(false, true));
            Map<String, Value> last = newest(history, new Value.Int(1001), newest, Duration.ofDays(400))
                    .orElseThrow();
            assertThat(online.values().stream().map(List::getFirst))
                    .containsExactly(new Value.Int(1001), last.get("conv_rate"), last.get("avg_daily_trips"));
            assertThat(online.statuses().get(1)).containsExactly(FieldStatus.OUTSIDE_MAX_AGE);
        }
    }

    private static Optional<Map<String, Value>> newest(
            List<Map<String, Value>> history, @Nullable Value driver, Instant time, Duration ttl) {
        Map<String, Value> best = null;
        for (Map<String, Value> row : history) {
            Instant event = time(row, "event_timestamp");
            if (!Objects.equals(row.get("driver_id"), driver)
                    || event.isAfter(time)
                    || event.isBefore(time.minus(ttl))) {
                continue;
            }
            if (best == null || newer(row, best)) {
                best = row;
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean newer(Map<String, Value> row, Map<String, Value> best) {
        int byEvent = time(row, "event_timestamp").compareTo(time(best, "event_timestamp"));
        return byEvent > 0 || (byEvent == 0 && time(row, "created").isAfter(time(best, "created")));
    }

    private static Instant time(Map<String, Value> row, String column) {
        return ((Value.Time) Objects.requireNonNull(row.get(column))).value();
    }

    private List<Map<String, Value>> run(FeatureStore store, Spine spine, FeatureSelection features)
            throws IOException {
        RetrievalJob job = store.historicalFeatures(spine, features, RetrievalOptions.DEFAULT);
        try (ArrowReader reader = job.open(allocator)) {
            return named(reader);
        }
    }

    private List<Map<String, Value>> rows(Path file) throws IOException {
        try (LocalEngine engine = new LocalEngine(allocator);
                ArrowReader reader = engine.readFile(file.toString(), "parquet", Map.of(), allocator)) {
            return named(reader);
        }
    }

    private static List<Map<String, Value>> named(ArrowReader reader) throws IOException {
        List<String> names = reader.getVectorSchemaRoot().getSchema().getFields().stream()
                .map(Field::getName)
                .toList();
        List<Map<String, Value>> rows = new ArrayList<>();
        for (List<Value> cells : ArrowRows.read(reader)) {
            Map<String, Value> row = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put(names.get(i), cells.get(i));
            }
            rows.add(row);
        }
        return rows;
    }
}

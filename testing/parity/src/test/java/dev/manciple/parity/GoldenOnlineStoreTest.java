package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.model.FeatureRef;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An online store Feast made and never filled: what its tables are called and look like, read without any of our code, and that
 * they serve as they are. It is from before Feast added columns for text search and vectors, so readers must do with these five.
 */
class GoldenOnlineStoreTest {
    private static final String STORE = "data/golden/online_store.db";

    @Test
    void tablesAreCalledByProjectAndView() throws SQLException {
        assertThat(query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
                .containsExactly("offline_server_driver_hourly_stats", "offline_server_driver_hourly_stats_fresh");
    }

    @Test
    void tablesHaveFeastsOldestLayout() throws SQLException {
        for (String table : query("SELECT name FROM sqlite_master WHERE type = 'table'")) {
            assertThat(query("SELECT name || ' ' || type || ' ' || pk FROM pragma_table_info('%s')".formatted(table)))
                    .containsExactly(
                            "entity_key BLOB 1",
                            "feature_name TEXT 2",
                            "value BLOB 0",
                            "event_ts timestamp 0",
                            "created_ts timestamp 0");
            assertThat(query("SELECT count(*) FROM \"%s\"".formatted(table))).containsExactly("0");
        }
    }

    /** A copy of it, taken over: its rows are Feast's, none, until they are ours. */
    @Test
    void itIsReadAndFilled(@TempDir Path repository) throws IOException {
        Files.copy(Shared.file(STORE), repository.resolve("online_store.db"));
        Files.writeString(
                repository.resolve("stats.csv"),
                "driver_id,event_timestamp,created,conv_rate\n1001,2025-01-01T08:00:00Z,2025-01-01T09:00:00Z,0.5\n");
        String config = """
                project: offline_server
                provider: local
                registry: registry.db
                online_store: {type: sqlite, path: online_store.db}
                entity_key_serialization_version: 3
                """;
        String definitions = """
                name: driver_hourly_stats
                entities: [{name: driver, join_key: driver_id, value_type: INT64}]
                schema: [{name: conv_rate, dtype: Float32}]
                source: {path: stats.csv, timestamp_field: event_timestamp, created_timestamp_column: created}
                """;
        FeatureSelection features = FeatureSelection.of(FeatureRef.parse("driver_hourly_stats:conv_rate"));
        Map<String, List<Value>> drivers = Map.of("driver_id", List.of(new Value.Int(1001), new Value.Int(1002)));
        try (FeatureStore store = TestRepository.applied(repository, config, definitions)) {
            OnlineFeatures before = store.onlineFeatures(features, drivers, OnlineOptions.DEFAULT);
            assertThat(before.statuses().get(1)).containsExactly(FieldStatus.NOT_FOUND, FieldStatus.NOT_FOUND);

            store.materialize(
                    Instant.EPOCH, Instant.parse("2026-01-01T00:00:00Z"), List.of(), MaterializeListener.NONE);

            OnlineFeatures after = store.onlineFeatures(features, drivers, OnlineOptions.DEFAULT);
            assertThat(after.statuses().get(1)).containsExactly(FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
            assertThat(after.values().get(1).getFirst()).isEqualTo(new Value.Real(0.5));
        }
    }

    private static List<String> query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:file:%s?mode=ro&immutable=1".formatted(Shared.file(STORE)));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}

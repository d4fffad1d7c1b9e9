package dev.manciple.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An online store Feast made and never filled, read without any of our code: what its tables are called and look like. It is
 * from before Feast added columns for text search and vectors, so readers must do with these five.
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

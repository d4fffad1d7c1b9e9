package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/** One connection of MariaDB's driver: statements of many cells, a transaction per batch. */
final class RawMySql implements RawStore {
    static final String DATABASE = "feast";

    private static final int CELLS_PER_STATEMENT = 250;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final Connection connection;

    /** Makes the database too. */
    RawMySql(int port) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "root");
        login.setProperty("createDatabaseIfNotExist", "true");
        login.setProperty("sessionVariables", "time_zone='+00:00'");
        this.connection = new Driver().connect("jdbc:mariadb://127.0.0.1:%d/%s".formatted(port, DATABASE), login);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    private static final class Cell {
        private final String key;
        private final String name;
        private final byte[] value;
        private final String time;

        Cell(String key, String name, byte[] value, String time) {
            this.key = key;
            this.name = name;
            this.value = value;
            this.time = time;
        }
    }

    @Override
    public Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch) {
        List<List<Cell>> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += batch) {
            batches.add(cells(view, rows.subList(from, Math.min(from + batch, rows.size()))));
        }
        return () -> {
            for (List<Cell> cells : batches) {
                for (int from = 0; from < cells.size(); from += CELLS_PER_STATEMENT) {
                    write(view, cells.subList(from, Math.min(from + CELLS_PER_STATEMENT, cells.size())));
                }
                connection.commit();
            }
        };
    }

    private void write(FeatureView view, List<Cell> cells) throws SQLException {
        String sql = """
                INSERT INTO %s (entity_key, feature_name, value, event_ts) VALUES (?, ?, ?, ?)%s ON DUPLICATE KEY UPDATE \
                value = IF(VALUES(event_ts) >= event_ts, VALUES(value), value), event_ts = GREATEST(VALUES(event_ts), event_ts)\
                """.formatted(table(view), ", (?, ?, ?, ?)".repeat(cells.size() - 1));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 1;
            for (Cell cell : cells) {
                statement.setString(parameter++, cell.key);
                statement.setString(parameter++, cell.name);
                statement.setBytes(parameter++, cell.value);
                statement.setString(parameter++, cell.time);
            }
            statement.executeUpdate();
        }
    }

    private static List<Cell> cells(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<Field> features = view.features();
        List<Cell> cells = new ArrayList<>();
        for (OnlineRow row : rows) {
            String key = HexFormat.of().formatHex(keys.encode(row.key()));
            String time = TIME.format(row.eventTime().atOffset(ZoneOffset.UTC));
            List<byte[]> values = RawStore.values(view, row);
            for (int i = 0; i < values.size(); i++) {
                cells.add(new Cell(key, features.get(i).name(), values.get(i), time));
            }
        }
        return cells;
    }

    @Override
    public Usage.Work reading(FeatureView view, List<EntityKey> keys) {
        EntityKeyCodec codec = EntityKeyCodec.of(view.entityColumns());
        List<String> encoded = keys.stream()
                .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                .toList();
        String sql = "SELECT entity_key, feature_name, value, event_ts FROM %s WHERE entity_key IN (?%s)"
                .formatted(table(view), ", ?".repeat(encoded.size() - 1));
        return () -> {
            long found = 0;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < encoded.size(); i++) {
                    statement.setString(i + 1, encoded.get(i));
                }
                try (ResultSet cells = statement.executeQuery()) {
                    while (cells.next()) {
                        cells.getString(1);
                        cells.getString(2);
                        found += cells.getBytes(3).length > 0 ? 1 : 0;
                        cells.getTimestamp(4);
                    }
                }
            }
            connection.commit();
            RawStore.require(found, view, keys);
        };
    }

    private static String table(FeatureView view) {
        return "`%s_%s`".formatted(Project.NAME, view.name());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** One connection of PostgreSQL's driver: arrays of encoded cells in, a transaction per batch. */
final class RawPostgres implements RawStore {
    private final Connection connection;

    RawPostgres(int port) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "postgres");
        login.setProperty("password", "any");
        this.connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), login);
        connection.setAutoCommit(false);
    }

    /** Columns of one batch, a cell per entity and feature. */
    private static final class Cells {
        private final byte[][] keys;
        private final String[] names;
        private final byte[][] values;
        private final OffsetDateTime[] times;

        Cells(int count) {
            keys = new byte[count][];
            names = new String[count];
            values = new byte[count][];
            times = new OffsetDateTime[count];
        }
    }

    @Override
    public Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch) {
        List<Cells> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += batch) {
            batches.add(cells(view, rows.subList(from, Math.min(from + batch, rows.size()))));
        }
        String sql = """
                INSERT INTO %s AS stored (entity_key, feature_name, value, event_ts)
                SELECT * FROM unnest(?::bytea[], ?::text[], ?::bytea[], ?::timestamptz[])
                ON CONFLICT (entity_key, feature_name) DO UPDATE SET value = excluded.value, event_ts = excluded.event_ts
                WHERE excluded.event_ts >= stored.event_ts""".formatted(table(view));
        return () -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (Cells cells : batches) {
                    statement.setArray(1, connection.createArrayOf("bytea", cells.keys));
                    statement.setArray(2, connection.createArrayOf("text", cells.names));
                    statement.setArray(3, connection.createArrayOf("bytea", cells.values));
                    statement.setArray(4, connection.createArrayOf("timestamptz", cells.times));
                    statement.executeUpdate();
                    connection.commit();
                }
            }
        };
    }

    private static Cells cells(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<Field> features = view.features();
        Cells cells = new Cells(rows.size() * features.size());
        int at = 0;
        for (OnlineRow row : rows) {
            byte[] key = keys.encode(row.key());
            OffsetDateTime time = row.eventTime().atOffset(ZoneOffset.UTC);
            List<byte[]> values = RawStore.values(view, row);
            for (int i = 0; i < values.size(); i++) {
                cells.keys[at] = key;
                cells.names[at] = features.get(i).name();
                cells.values[at] = values.get(i);
                cells.times[at++] = time;
            }
        }
        return cells;
    }

    @Override
    public Usage.Work reading(FeatureView view, List<EntityKey> keys) {
        EntityKeyCodec codec = EntityKeyCodec.of(view.entityColumns());
        byte[][] encoded = keys.stream().map(codec::encode).toArray(byte[][]::new);
        String sql = "SELECT entity_key, feature_name, value, event_ts FROM %s WHERE entity_key = ANY (?)"
                .formatted(table(view));
        return () -> {
            long found = 0;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setArray(1, connection.createArrayOf("bytea", encoded));
                try (ResultSet cells = statement.executeQuery()) {
                    while (cells.next()) {
                        cells.getBytes(1);
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
        return "\"%s_%s\"".formatted(Project.NAME, view.name());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

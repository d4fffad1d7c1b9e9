package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * The floor of materialization: rows that are in memory, encoded and sorted already, upserted into the layout of the online store
 * with its pragmas and batch size, and nothing else.
 */
final class RawUpserts {
    /** One entity of one view as SQLite gets it. */
    private static final class Row {
        private final byte[] key;
        private final List<byte[]> values;
        private final List<String> texts;
        private final long eventSeconds;

        Row(byte[] key, List<byte[]> values, List<String> texts, long eventSeconds) {
            this.key = key;
            this.values = values;
            this.texts = texts;
            this.eventSeconds = eventSeconds;
        }

        byte[] key() {
            return key;
        }
    }

    private final String table;
    private final List<String> features;
    private final List<List<Row>> batches;

    private RawUpserts(String table, List<String> features, List<List<Row>> batches) {
        this.table = table;
        this.features = features;
        this.batches = batches;
    }

    /** Takes all rows of a view into memory. */
    static RawUpserts of(FeatureView view, String query, PlainDuckDb engine, int batchSize) throws Exception {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<Row> rows = new ArrayList<>();
        engine.forEach(query, values -> {
            EntityKey key = new EntityKey(List.of(MaterializeWorkload.KEY), List.of(values.getFirst()));
            List<Value> features = values.subList(2, values.size());
            rows.add(new Row(
                    keys.encode(key),
                    features.stream()
                            .map(value -> ValueCodec.encode(value, ValueType.Scalar.INT64))
                            .toList(),
                    features.stream().map(RawUpserts::text).toList(),
                    values.get(1) instanceof Value.Time time ? time.value().getEpochSecond() : 0));
        });
        List<List<Row>> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += batchSize) {
            List<Row> batch = rows.subList(from, Math.min(from + batchSize, rows.size()));
            batch.sort(Comparator.comparing(Row::key, Arrays::compareUnsigned));
            batches.add(batch);
        }
        return new RawUpserts(
                Project.NAME + "_" + view.name(),
                view.features().stream().map(Field::name).toList(),
                batches);
    }

    private static String text(Value value) {
        return value instanceof Value.Int number ? Long.toString(number.value()) : "";
    }

    /** Writes the views into tables that exist, a transaction per batch. */
    static void write(Path file, List<RawUpserts> views) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            connection.setAutoCommit(false);
            for (RawUpserts view : views) {
                view.write(connection);
            }
        }
    }

    private void write(Connection connection) throws SQLException {
        String sql = """
                INSERT INTO "%s" (entity_key, feature_name, value, event_ts, created_ts, value_text, vector_value) \
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(entity_key, feature_name) DO UPDATE SET value = excluded.value, \
                event_ts = excluded.event_ts, created_ts = excluded.created_ts, value_text = excluded.value_text, \
                vector_value = excluded.vector_value\
                """.formatted(table);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<Row> batch : batches) {
                for (Row row : batch) {
                    bind(statement, row);
                }
                statement.executeBatch();
                connection.commit();
            }
        }
    }

    private void bind(PreparedStatement statement, Row row) throws SQLException {
        for (int i = 0; i < features.size(); i++) {
            statement.setBytes(1, row.key());
            statement.setString(2, features.get(i));
            statement.setBytes(3, row.values.get(i));
            statement.setLong(4, row.eventSeconds);
            statement.setNull(5, Types.BIGINT);
            statement.setString(6, row.texts.get(i));
            statement.setBytes(7, null);
            statement.addBatch();
        }
    }
}

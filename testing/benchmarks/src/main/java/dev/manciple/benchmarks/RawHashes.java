package dev.manciple.benchmarks;

import com.google.protobuf.Timestamp;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Pipeline;

/**
 * The floor of the Redis store: the same hashes, keys and fields encoded already, written and read by the driver's own pipelines
 * and nothing else.
 */
public final class RawHashes {
    private static final int COMMANDS_PER_PIPELINE = 1000;

    /** One row as it is sent. */
    static final class Row {
        private final byte[] key;
        private final Map<byte[], byte[]> fields;

        Row(byte[] key, Map<byte[], byte[]> fields) {
            this.key = key;
            this.fields = fields;
        }
    }

    private RawHashes() {}

    /** Where the hash of an entity is. */
    public static byte[] key(FeatureView view, EntityKey key) {
        byte[] encoded = EntityKeyCodec.of(view.entityColumns()).encode(key);
        byte[] project = Project.NAME.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[encoded.length + project.length];
        System.arraycopy(encoded, 0, whole, 0, encoded.length);
        System.arraycopy(project, 0, whole, encoded.length, project.length);
        return whole;
    }

    /** The fields of some views in a hash: of each, its features and its event time. */
    public static byte[][] fields(List<FeatureView> views) {
        List<byte[]> fields = new ArrayList<>();
        for (FeatureView view : views) {
            view.features().forEach(feature -> fields.add(field(view, feature)));
            fields.add(timeField(view));
        }
        return fields.toArray(byte[][]::new);
    }

    private static byte[] field(FeatureView view, Field feature) {
        return EntityKeyCodec.murmur32(view.name() + ":" + feature.name());
    }

    private static byte[] timeField(FeatureView view) {
        return ("_ts:" + view.name()).getBytes(StandardCharsets.UTF_8);
    }

    static List<Row> encode(FeatureView view, List<OnlineRow> rows) {
        byte[] timeField = timeField(view);
        List<byte[]> fields =
                view.features().stream().map(feature -> field(view, feature)).toList();
        List<Row> encoded = new ArrayList<>(rows.size());
        for (OnlineRow row : rows) {
            Map<byte[], byte[]> values = LinkedHashMap.newLinkedHashMap(fields.size() + 1);
            values.put(timeField, time(row));
            for (int i = 0; i < fields.size(); i++) {
                values.put(
                        fields.get(i),
                        ValueCodec.encode(
                                row.values().get(i), view.features().get(i).type()));
            }
            encoded.add(new Row(key(view, row.key()), values));
        }
        return encoded;
    }

    private static byte[] time(OnlineRow row) {
        Instant time = row.eventTime();
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        return Timestamp.newBuilder()
                .setSeconds(seconds)
                .setNanos(nanos)
                .build()
                .toByteArray();
    }

    static void write(Connection connection, List<Row> rows) {
        for (int from = 0; from < rows.size(); from += COMMANDS_PER_PIPELINE) {
            try (Pipeline pipeline = new Pipeline(connection)) {
                rows.subList(from, Math.min(from + COMMANDS_PER_PIPELINE, rows.size()))
                        .forEach(row -> pipeline.hset(row.key, row.fields));
                pipeline.sync();
            }
        }
    }

    /** The fields of each key, in one pipeline. */
    public static List<Object> read(Connection connection, List<byte[]> keys, byte[][] fields) {
        try (Pipeline pipeline = new Pipeline(connection)) {
            keys.forEach(key -> pipeline.hmget(key, fields));
            return pipeline.syncAndReturnAll();
        }
    }

    /** Everything there is of each key, in one pipeline. */
    public static List<Object> readWhole(Connection connection, List<byte[]> keys) {
        try (Pipeline pipeline = new Pipeline(connection)) {
            keys.forEach(pipeline::hgetAll);
            return pipeline.syncAndReturnAll();
        }
    }
}

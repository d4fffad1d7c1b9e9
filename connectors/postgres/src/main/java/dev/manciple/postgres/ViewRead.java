package dev.manciple.postgres;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One view of a request while the rows of its table come in, in any order. */
final class ViewRead {
    private final OnlineRead read;
    private final List<ByteBuffer> keys;
    private final Map<ByteBuffer, Row> rows = new LinkedHashMap<>();
    private final Map<String, Integer> positions = new HashMap<>();

    private ViewRead(OnlineRead read) {
        this.read = read;
        EntityKeyCodec codec = EntityKeyCodec.of(read.view().entityColumns());
        this.keys = read.keys().stream()
                .map((EntityKey key) -> ByteBuffer.wrap(codec.encode(key)))
                .toList();
        keys.forEach(
                key -> rows.computeIfAbsent(key, each -> new Row(read.features().size())));
        for (int i = 0; i < read.features().size(); i++) {
            positions.put(read.features().get(i).name(), i);
        }
    }

    static ViewRead of(OnlineRead read) {
        return new ViewRead(read);
    }

    /** What is known of one key. */
    private static final class Row {
        private final Value[] values;
        private final Instant[] times;
        private boolean found;

        Row(int features) {
            values = new Value[features];
            times = new Instant[features];
            Arrays.fill(values, Value.Missing.MISSING);
            Arrays.fill(times, Instant.EPOCH);
        }

        Lookup lookup() {
            return found ? new Lookup.Found(List.of(values), List.of(times)) : Lookup.Absent.ABSENT;
        }
    }

    FeatureView view() {
        return read.view();
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Whether so few features are wanted that naming them is cheaper than reading past the others. */
    boolean some() {
        return read.features().size() * 2 < read.view().features().size();
    }

    /** Each key once. */
    byte[][] keys() {
        return rows.keySet().stream().map(ByteBuffer::array).toArray(byte[][]::new);
    }

    String[] names() {
        return read.features().stream().map(Field::name).toArray(String[]::new);
    }

    /** Takes one feature of one key. */
    void take(byte[] key, String feature, byte @Nullable [] value, long micros) {
        Row row = rows.get(ByteBuffer.wrap(key));
        if (row == null) {
            return;
        }
        row.found = true;
        Integer position = positions.get(feature);
        if (position != null) {
            row.values[position] = value == null
                    ? Value.Null.NULL
                    : ValueCodec.decode(value, read.features().get(position).type());
            row.times[position] = instant(micros);
        }
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
    }

    /** In key order, duplicates included. */
    OnlineResult result() {
        return new OnlineResult(keys.stream().map(key -> row(key).lookup()).toList());
    }

    private Row row(ByteBuffer key) {
        return rows.computeIfAbsent(key, none -> new Row(read.features().size()));
    }
}

package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.manciple.model.Field;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts the features of one entity together from the rows of {@link Table#read}, page by page. Used for one entity. */
final class EntityReader {
    private static final byte[] NO_BYTES = {};

    private final List<Field> features;
    private final Map<String, Integer> positions;
    private final Value[] values;
    private final Instant[] times;
    private Instant last = Instant.EPOCH;
    private boolean found;

    /** @param positions of the features by name, see {@link #positions} */
    EntityReader(List<Field> features, Map<String, Integer> positions) {
        this.features = features;
        this.positions = positions;
        this.values = new Value[features.size()];
        this.times = new Instant[features.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        Arrays.fill(times, Instant.EPOCH);
    }

    static Map<String, Integer> positions(List<Field> features) {
        Map<String, Integer> positions = HashMap.newHashMap(features.size());
        for (int i = 0; i < features.size(); i++) {
            positions.put(features.get(i).name(), i);
        }
        return positions;
    }

    CompletionStage<Lookup> read(AsyncResultSet page) {
        for (Row row : page.currentPage()) {
            add(row);
        }
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(this::read)
                : CompletableFuture.completedFuture(lookup());
    }

    private void add(Row row) {
        found = true;
        Integer position = positions.get(row.getString(0));
        if (position != null) {
            values[position] = ValueCodec.decode(
                    bytes(row.getBytesUnsafe(1)), features.get(position).type());
            times[position] = time(row.getInstant(2));
        }
    }

    /** Most features of an entity were written together: one object does for all of them. */
    private Instant time(@Nullable Instant event) {
        // A row without an event time is nothing Feast or Manciple wrote; it must not pass for a fresh one.
        Instant time = event == null ? Instant.EPOCH : event;
        if (!time.equals(last)) {
            last = time;
        }
        return last;
    }

    private Lookup lookup() {
        return found ? new Lookup.Found(List.of(values), List.of(times)) : Lookup.Absent.ABSENT;
    }

    /** The driver has null for a column that is not set. */
    static byte[] bytes(@Nullable ByteBuffer column) {
        if (column == null) {
            return NO_BYTES;
        }
        byte[] bytes = new byte[column.remaining()];
        column.get(bytes);
        return bytes;
    }
}

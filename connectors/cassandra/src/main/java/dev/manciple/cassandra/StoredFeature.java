package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a newer value of a feature is compared with.
 *
 * @param event null if something other than Feast or Manciple wrote the row
 * @param stamp microseconds that Cassandra orders the write by
 */
record StoredFeature(@Nullable Instant event, @Nullable Instant created, long stamp) {
    /** By feature name, from the rows of {@link Table#state}. */
    static Map<String, StoredFeature> all(Iterable<Row> rows) {
        Map<String, StoredFeature> stored = new HashMap<>();
        for (Row row : rows) {
            stored.put(
                    row.getString(0),
                    new StoredFeature(row.getInstant(1), row.getInstant(2), row.isNull(3) ? 0 : row.getLong(3)));
        }
        return stored;
    }

    boolean yieldsTo(EntityWrite.Feature feature) {
        return event == null || feature.replaces(event, created);
    }
}

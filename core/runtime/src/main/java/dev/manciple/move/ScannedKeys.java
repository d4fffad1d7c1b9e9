package dev.manciple.move;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The keys of the rows a store holds. */
record ScannedKeys(OnlineStore store, FeatureView view, int batchSize) implements KeySource {
    @Override
    public void forEachBatch(Batch batch) {
        try (Stream<OnlineRow> scan = store.scan(view)) {
            Iterator<OnlineRow> rows = scan.iterator();
            while (rows.hasNext()) {
                Map<EntityKey, OnlineRow> some = new LinkedHashMap<>();
                while (some.size() < batchSize && rows.hasNext()) {
                    OnlineRow row = rows.next();
                    some.put(row.key(), row);
                }
                batch.take(List.copyOf(some.keySet()), some);
            }
        }
    }
}

package dev.manciple.move;

import dev.manciple.materialize.PulledRows;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OnlineRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys that were materialized, read from the view's source once more. */
record HistoricalKeys(PulledRows history, FeatureView view, Interval window, int batchSize) implements KeySource {
    @Override
    public void forEachBatch(Batch batch) {
        Map<EntityKey, OnlineRow> some = new LinkedHashMap<>();
        history.forEach(view, window, row -> {
            some.put(row.key(), row);
            if (some.size() == batchSize) {
                batch.take(List.copyOf(some.keySet()), Map.copyOf(some));
                some.clear();
            }
        });
        if (!some.isEmpty()) {
            batch.take(List.copyOf(some.keySet()), some);
        }
    }
}

package dev.manciple.move;

import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import java.util.List;
import java.util.Map;

/** Where the keys of a view come from: the store itself, or the view's history. May be gone through several times. */
interface KeySource {
    void forEachBatch(Batch batch);

    /** Some keys, each once in a run, and what else is known of their rows. */
    interface Batch {
        void take(List<EntityKey> keys, Map<EntityKey, OnlineRow> rows);
    }
}

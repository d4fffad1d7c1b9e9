package dev.manciple.benchmarks;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.ValueCodec;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The floor of an online store: its server, reached by the vendor's own client and nothing else, in the same tables and with keys and
 * values encoded already. The tables are there.
 */
interface RawStore extends AutoCloseable {
    /** Stores rows of a view in batches, each unless a newer one is there. What can be got ready before is. */
    Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch);

    /** Fetches every feature of some keys, and fails if one is missing. */
    Usage.Work reading(FeatureView view, List<EntityKey> keys);

    @Override
    void close() throws SQLException;

    /** The stored forms of a row's values, in the order of the view's features. */
    static List<byte[]> values(FeatureView view, OnlineRow row) {
        List<Field> features = view.features();
        return IntStream.range(0, features.size())
                .mapToObj(i ->
                        ValueCodec.encode(row.values().get(i), features.get(i).type()))
                .toList();
    }

    static void require(long found, FeatureView view, List<EntityKey> keys) {
        long wanted = (long) keys.size() * view.features().size();
        if (found != wanted) {
            throw new IllegalStateException("read %d values raw instead of %d".formatted(found, wanted));
        }
    }
}

package dev.manciple.bigtable;

import com.google.protobuf.ByteString;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a batch has for one entity: the rows that matter, oldest first, and the positions of all. Filled by one thread. */
final class EntityWrite {
    /**
     * A row as it is stored.
     *
     * @param values by feature, of those the row has
     * @param whole whether these are all of the view's
     */
    record Row(String event, Map<String, ByteString> values, boolean whole) {}

    private final ByteString key;
    private final List<Row> rows = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();

    private EntityWrite(ByteString key) {
        this.key = key;
    }

    static List<EntityWrite> of(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        Map<ByteString, EntityWrite> byKey = LinkedHashMap.newLinkedHashMap(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            EntityWrite write =
                    byKey.computeIfAbsent(Rows.key(keys, view, rows.get(i).key()), EntityWrite::new);
            write.positions.add(i);
            write.rows.add(row(view, rows.get(i)));
        }
        byKey.values().forEach(EntityWrite::keepWhatMatters);
        return List.copyOf(byKey.values());
    }

    private static Row row(FeatureView view, OnlineRow row) {
        Map<String, ByteString> values =
                LinkedHashMap.newLinkedHashMap(view.features().size());
        for (int i = 0; i < view.features().size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                values.put(
                        view.features().get(i).name(),
                        ByteString.copyFrom(
                                ValueCodec.encode(value, view.features().get(i).type())));
            }
        }
        return new Row(
                EventTime.text(row.eventTime()),
                values,
                values.size() == view.features().size());
    }

    /** Of equal events the later in the batch wins; what is older than a whole row is never seen. */
    private void keepWhatMatters() {
        rows.sort(Comparator.comparing(Row::event));
        int lastWhole = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).whole()) {
                lastWhole = i;
            }
        }
        rows.subList(0, lastWhole).clear();
    }

    ByteString key() {
        return key;
    }

    /** Oldest first; to be stored one after the other. */
    List<Row> rows() {
        return rows;
    }

    /** Of this entity's rows in the batch. */
    List<Integer> positions() {
        return positions;
    }
}

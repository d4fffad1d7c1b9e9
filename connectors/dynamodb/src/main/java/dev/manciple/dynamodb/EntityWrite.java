package dev.manciple.dynamodb;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a batch has for one entity: the rows that matter, oldest first, and the positions of all. Filled by one thread. */
final class EntityWrite {
    /**
     * A row as it is stored.
     *
     * @param values of the features the row has
     * @param whole whether these are all of the view's, so that the row can replace what is stored
     */
    record Row(String event, Map<String, AttributeValue> values, boolean whole) {}

    private final String id;
    private final List<Row> rows = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();

    private EntityWrite(String id) {
        this.id = id;
    }

    static List<EntityWrite> of(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        Map<String, EntityWrite> byId = LinkedHashMap.newLinkedHashMap(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            OnlineRow row = rows.get(i);
            EntityWrite write = byId.computeIfAbsent(EntityKeyCodec.entityId(keys.encode(row.key())), EntityWrite::new);
            write.positions.add(i);
            write.rows.add(row(view, row));
        }
        byId.values().forEach(EntityWrite::keepWhatMatters);
        return List.copyOf(byId.values());
    }

    private static Row row(FeatureView view, OnlineRow row) {
        Map<String, AttributeValue> values =
                LinkedHashMap.newLinkedHashMap(view.features().size());
        for (int i = 0; i < view.features().size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                values.put(
                        view.features().get(i).name(),
                        Item.value(value, view.features().get(i)));
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

    /** The hash of the entity's key. */
    String id() {
        return id;
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

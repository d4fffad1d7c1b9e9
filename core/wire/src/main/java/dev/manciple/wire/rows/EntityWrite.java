package dev.manciple.wire.rows;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch has for one entity: the rows that matter, oldest first, and the positions of all. Filled by one thread.
 *
 * @param <V> a value as the store's client has it
 */
public final class EntityWrite<V> {
    /**
     * A row as it is stored.
     *
     * @param values by feature, of those the row has
     * @param whole whether these are all of the view's, so that the row can replace what is stored
     */
    public record Row<V>(String event, Map<String, V> values, boolean whole) {}

    /** Makes the stored form of a value. */
    public interface Encoder<V> {
        V encode(Value value, Field feature);
    }

    private final String id;
    private final List<Row<V>> rows = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();

    private EntityWrite(String id) {
        this.id = id;
    }

    /** The entities of a batch, in the order they first come in it. */
    public static <V> List<EntityWrite<V>> of(
            FeatureView view, List<OnlineRow> rows, EventText times, Encoder<V> encoder) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        Map<String, EntityWrite<V>> byId = LinkedHashMap.newLinkedHashMap(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            OnlineRow row = rows.get(i);
            String id = EntityKeyCodec.entityId(keys.encode(row.key()));
            EntityWrite<V> write = byId.computeIfAbsent(id, EntityWrite::new);
            write.positions.add(i);
            write.rows.add(row(view.features(), row, times, encoder));
        }
        byId.values().forEach(EntityWrite::keepWhatMatters);
        return List.copyOf(byId.values());
    }

    private static <V> Row<V> row(List<Field> features, OnlineRow row, EventText times, Encoder<V> encoder) {
        Map<String, V> values = LinkedHashMap.newLinkedHashMap(features.size());
        for (int i = 0; i < features.size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                values.put(features.get(i).name(), encoder.encode(value, features.get(i)));
            }
        }
        return new Row<>(times.of(row.eventTime()), values, values.size() == features.size());
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

    /** The positions in the batch of all rows of some entities, in order. */
    public static <V> List<Integer> positions(Collection<EntityWrite<V>> entities) {
        return entities.stream()
                .flatMap(entity -> entity.positions.stream())
                .sorted()
                .toList();
    }

    /** The hash of the entity's key. */
    public String id() {
        return id;
    }

    /** Oldest first; to be stored one after the other. */
    public List<Row<V>> rows() {
        return rows;
    }
}

package dev.manciple.cassandra;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a batch has for one entity: of each feature the newest value, and the rows it came with. Filled by one thread. */
final class EntityWrite {
    /** A feature as a row of the batch has it. */
    record Feature(
            String name,
            ByteBuffer value,
            Instant event,
            @Nullable Instant created) {
        boolean replaces(Instant otherEvent, @Nullable Instant otherCreated) {
            int order = event.compareTo(otherEvent);
            if (order != 0) {
                return order > 0;
            }
            return otherCreated == null || (created != null && !created.isBefore(otherCreated));
        }
    }

    private final String key;
    private final Map<String, Feature> features = new LinkedHashMap<>();
    private final List<Integer> positions = new ArrayList<>();

    private EntityWrite(String key) {
        this.key = key;
    }

    /** Times are cut to what the table keeps. */
    static List<EntityWrite> of(FeatureView view, List<OnlineRow> rows, boolean keepsCreated) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        Map<String, EntityWrite> byKey = LinkedHashMap.newLinkedHashMap(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            OnlineRow row = rows.get(i);
            String key = HexFormat.of().formatHex(keys.encode(row.key()));
            EntityWrite write = byKey.computeIfAbsent(key, EntityWrite::new);
            write.positions.add(i);
            write.add(view.features(), row, keepsCreated);
        }
        return List.copyOf(byKey.values());
    }

    private void add(List<Field> fields, OnlineRow row, boolean keepsCreated) {
        Instant event = row.eventTime().truncatedTo(ChronoUnit.MILLIS);
        Instant created = keepsCreated
                ? row.created().map(time -> time.truncatedTo(ChronoUnit.MILLIS)).orElse(null)
                : null;
        for (int i = 0; i < fields.size(); i++) {
            Value value = row.values().get(i);
            if (value == Value.Missing.MISSING) {
                continue;
            }
            String name = fields.get(i).name();
            ByteBuffer bytes =
                    ByteBuffer.wrap(ValueCodec.encode(value, fields.get(i).type()));
            Feature feature = new Feature(name, bytes, event, created);
            Feature other = features.get(name);
            if (other == null || feature.replaces(other.event(), other.created())) {
                features.put(name, feature);
            }
        }
    }

    /** The stored form of the key, in hex. */
    String key() {
        return key;
    }

    Collection<Feature> features() {
        return features.values();
    }

    /** Of this entity's rows in the batch. */
    List<Integer> positions() {
        return positions;
    }
}

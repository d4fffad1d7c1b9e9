package dev.manciple.retrieve;

import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of a request's rows, each once. */
final class EntityKeys {
    /** A row whose key has a null in it: no stored row can have that key. */
    private static final int NONE = -1;

    private final List<EntityKey> distinct;
    private final int[] positions;

    /** @param positions for each row its key's position in {@code distinct}, or {@link #NONE} */
    private EntityKeys(List<EntityKey> distinct, int[] positions) {
        this.distinct = List.copyOf(distinct);
        this.positions = positions;
    }

    static EntityKeys of(OnlinePlan.KeyLayout layout, List<List<Value>> columns, int rows) {
        int[] positions = new int[rows];
        if (layout.columns().isEmpty()) {
            return new EntityKeys(List.of(new EntityKey(List.of(), List.of())), positions);
        }
        List<EntityKey> distinct = new ArrayList<>(rows);
        Map<List<Value>, Integer> known = new HashMap<>(rows * 2);
        for (int row = 0; row < rows; row++) {
            List<Value> values = key(layout, columns, row);
            if (values.contains(Value.Null.NULL)) {
                positions[row] = NONE;
                continue;
            }
            Integer position = known.putIfAbsent(values, distinct.size());
            if (position == null) {
                positions[row] = distinct.size();
                distinct.add(new EntityKey(layout.joinKeys(), values));
            } else {
                positions[row] = position;
            }
        }
        return new EntityKeys(distinct, positions);
    }

    /** In the order first met. */
    List<EntityKey> distinct() {
        return distinct;
    }

    /** What the store answered for a row's key; {@code lookups} are those of {@link #distinct}. */
    Lookup lookup(List<Lookup> lookups, int row) {
        int position = positions[row];
        return position == NONE ? Lookup.Absent.ABSENT : lookups.get(position);
    }

    private static List<Value> key(OnlinePlan.KeyLayout layout, List<List<Value>> columns, int row) {
        List<Integer> parts = layout.columns();
        if (parts.size() == 1) {
            return List.of(columns.get(parts.getFirst()).get(row));
        }
        Value[] values = new Value[parts.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = columns.get(parts.get(i)).get(row);
        }
        return List.of(values);
    }
}

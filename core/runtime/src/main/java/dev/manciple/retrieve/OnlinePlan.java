package dev.manciple.retrieve;

import dev.manciple.OnlineFeatures;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandFunction;
import dev.manciple.transform.Transformations;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything about an online request that does not depend on the entities; made once per selection and snapshot.
 *
 * @param columns the columns of the request that are used, each once per type it is used as
 * @param layouts the distinct ways keys are put together; slices keyed alike share one
 * @param layoutOf for each slice, the position of its layout
 * @param functions for each on demand slice, what computes it
 * @param origins for each slice, where it is kept
 */
record OnlinePlan(
        FeaturePlan features,
        List<Column> columns,
        List<KeyLayout> layouts,
        List<Integer> layoutOf,
        List<OnDemandFunction> functions,
        List<Optional<OnlineFeatures.Origin>> origins) {

    /**
     * One column of the request.
     *
     * @param entity another name callers of old Feast clients give it: the entity's rather than its join key's; else the same
     * @param neededBy who reads it, for errors
     */
    record Column(String name, ValueType type, String entity, String neededBy, boolean joinKey) {}

    /** The join keys of a view, and for each the position of its column. */
    record KeyLayout(List<String> joinKeys, List<Integer> columns) {}

    static OnlinePlan of(FeaturePlan features, Transformations transformations, FeatureHomes homes) {
        Columns columns = new Columns();
        List<KeyLayout> perSlice =
                features.slices().stream().map(columns::layout).toList();
        features.onDemand()
                .forEach(slice -> features.requestInputs().stream()
                        .filter(slice.inputs()::contains)
                        .forEach(input -> columns.position(new Column(
                                input.name(),
                                input.type(),
                                input.name(),
                                "on demand feature view '%s'"
                                        .formatted(slice.view().name()),
                                false))));
        Set<KeyLayout> distinct = new LinkedHashSet<>(perSlice);
        List<KeyLayout> layouts = List.copyOf(distinct);
        List<OnDemandFunction> functions =
                features.onDemand().stream().map(transformations::orRefused).toList();
        return new OnlinePlan(
                features,
                columns.all(),
                layouts,
                perSlice.stream().map(layouts::indexOf).toList(),
                functions,
                features.slices().stream()
                        .map(slice -> Optional.of(homes.of(slice.view())))
                        .toList());
    }

    /** Numbers the columns as they are met. */
    private static final class Columns {
        private final List<Column> all = new ArrayList<>();

        KeyLayout layout(ViewSlice slice) {
            List<Field> keys = slice.view().entityColumns();
            List<Integer> positions = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                String column = slice.spineColumn(keys.get(i).name());
                String entity = column.equals(keys.get(i).name())
                                && slice.view().entities().size() == keys.size()
                        ? slice.view().entities().get(i)
                        : column;
                positions.add(position(new Column(
                        column,
                        keys.get(i).type(),
                        entity,
                        "feature view '%s'".formatted(slice.view().name()),
                        true)));
            }
            return new KeyLayout(slice.view().joinKeys(), positions);
        }

        int position(Column column) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).name().equals(column.name()) && all.get(i).type().equals(column.type())) {
                    return i;
                }
            }
            all.add(column);
            return all.size() - 1;
        }

        List<Column> all() {
            return List.copyOf(all);
        }
    }
}

package dev.manciple.transform;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.ViewSlice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Where the columns of a finished result come from: those of the entity rows first, then the outputs.
 *
 * @param schema of the finished result
 * @param kept position in what the store returns to position in the result
 * @param inputs for each on demand slice, the positions of its inputs in what the store returns
 * @param computed for each on demand slice, the positions of its features in the result; each has one
 */
record OnDemandLayout(
        Schema schema, Map<Integer, Integer> kept, List<List<Integer>> inputs, List<List<Integer>> computed) {

    List<Integer> inputs(int slice) {
        return inputs.get(slice);
    }

    List<Integer> computed(int slice) {
        return computed.get(slice);
    }

    /** @param stored the schema of what the store returns: the entity rows, then all features of {@code slices} in order */
    static OnDemandLayout of(
            Schema stored, List<ViewSlice> slices, List<OnDemandSlice> onDemand, List<OutputFeature> outputs) {
        List<Integer> starts = new ArrayList<>();
        int features =
                slices.stream().mapToInt(slice -> slice.features().size()).sum();
        int entityColumns = stored.getFields().size() - features;
        int start = entityColumns;
        for (ViewSlice slice : slices) {
            starts.add(start);
            start += slice.features().size();
        }
        List<Field> columns = new ArrayList<>(stored.getFields().subList(0, entityColumns));
        Map<Integer, Integer> kept = new LinkedHashMap<>();
        for (int column = 0; column < entityColumns; column++) {
            kept.put(column, column);
        }
        List<List<Integer>> computed = new ArrayList<>();
        onDemand.forEach(slice -> computed.add(
                new ArrayList<>(Collections.nCopies(slice.features().size(), -1))));
        for (OutputFeature output : outputs) {
            switch (output) {
                case OutputFeature.Stored feature -> {
                    int from = starts.get(feature.slice()) + feature.feature();
                    kept.put(from, columns.size());
                    columns.add(renamed(stored.getFields().get(from), feature.name()));
                }
                case OutputFeature.Computed feature -> {
                    computed.get(feature.slice()).set(feature.feature(), columns.size());
                    columns.add(ArrowTypes.arrow(feature.name(), feature.field().type()));
                }
            }
        }
        List<List<Integer>> inputs = onDemand.stream()
                .map(slice -> inputs(slice, stored, starts, entityColumns))
                .toList();
        return new OnDemandLayout(new Schema(columns, stored.getCustomMetadata()), kept, inputs, computed);
    }

    private static List<Integer> inputs(OnDemandSlice slice, Schema stored, List<Integer> starts, int entityColumns) {
        return slice.inputs().stream()
                .map(input -> switch (input) {
                    case OnDemandInput.FromView feature -> starts.get(feature.slice()) + feature.feature();
                    case OnDemandInput.FromRequest request ->
                        entityColumn(request, slice, stored.getFields().subList(0, entityColumns));
                })
                .toList();
    }

    private static int entityColumn(OnDemandInput.FromRequest input, OnDemandSlice slice, List<Field> columns) {
        List<String> names = columns.stream().map(Field::getName).toList();
        int position = names.indexOf(input.name());
        if (position < 0) {
            throw new InvalidRequestException(
                    "The entity rows have no column '%s', which on demand feature view '%s' takes from the request. Columns: %s"
                            .formatted(input.name(), slice.view().name(), String.join(", ", names)));
        }
        return position;
    }

    private static Field renamed(Field field, String name) {
        FieldType type = new FieldType(field.isNullable(), field.getType(), field.getDictionary(), field.getMetadata());
        return new Field(name, type, field.getChildren());
    }
}

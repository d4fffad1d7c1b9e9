package dev.manciple.sql;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a source calls the fields of its views. */
public final class FieldMapping {
    private FieldMapping() {}

    /**
     * View name to source column, for the names that differ.
     *
     * @throws InvalidRequestException where two columns are mapped to one name
     */
    public static Map<String, String> sourceNames(DataSource.Batch source) {
        Map<String, String> names = new HashMap<>();
        source.fieldMapping().forEach((column, name) -> {
            String other = names.put(name, column);
            if (other != null) {
                throw new InvalidRequestException("The field mapping of source '%s' calls both '%s' and '%s' '%s'"
                        .formatted(source.name(), other, column, name));
            }
        });
        return Map.copyOf(names);
    }

    /** The types a view declares for the columns of its source, by the source's names; its time columns are times. */
    public static Map<String, ValueType> declaredTypes(FeatureView view, DataSource.Batch source) {
        return declaredTypes(source, view.entityColumns(), view.features());
    }

    static Map<String, ValueType> declaredTypes(DataSource.Batch source, List<Field> keys, List<Field> features) {
        Map<String, String> names = sourceNames(source);
        Map<String, ValueType> types = new HashMap<>();
        keys.forEach(field -> types.put(names.getOrDefault(field.name(), field.name()), field.type()));
        features.forEach(field -> types.put(names.getOrDefault(field.name(), field.name()), field.type()));
        Stream.concat(Stream.of(source.time().event()), source.time().created().stream())
                .forEach(time -> {
                    types.putIfAbsent(time, ValueType.Scalar.UNIX_TIMESTAMP);
                    types.putIfAbsent(names.getOrDefault(time, time), ValueType.Scalar.UNIX_TIMESTAMP);
                });
        return types;
    }
}

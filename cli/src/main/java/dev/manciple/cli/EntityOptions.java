package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code key=v1,v2}: a key given again adds rows, and a comma that belongs to a value has a backslash before it. Values
 * stay text; the feature store converts them to the declared types.
 */
final class EntityOptions {
    private EntityOptions() {}

    static Map<String, List<Value>> parse(List<String> texts) {
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals <= 0) {
                throw new InvalidRequestException(
                        "'%s' names no entity: write key=value, or key=value1,value2 for several rows".formatted(text));
            }
            entities.computeIfAbsent(text.substring(0, equals).strip(), key -> new ArrayList<>())
                    .addAll(values(text.substring(equals + 1)));
        }
        return entities;
    }

    private static List<Value> values(String text) {
        return Separated.values(text).stream().<Value>map(Value.Text::new).toList();
    }
}

package dev.manciple.cli;

import dev.manciple.spi.Value;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values for programs: numbers and lists as JSON has them, times as ISO text, bytes as base64. */
final class JsonTree {
    private JsonTree() {}

    static @Nullable Object of(Value value) {
        return switch (value) {
            case Value.Null none -> null;
            case Value.Missing missing -> null;
            case Value.Corrupt corrupt -> null;
            case Value.Int(long number) -> number;
            // JSON has no words for what is not a number.
            case Value.Real(double number) -> Double.isFinite(number) ? (Double) number : Double.toString(number);
            case Value.Bool(boolean bool) -> bool;
            case Value.Text(String text) -> text;
            case Value.Bytes bytes -> base64(bytes);
            case Value.Time time -> time.value().toString();
            case Value.ZonedTime time -> time.value().atZone(time.zone()).toString();
            case Value.Many many -> many.values().stream().map(JsonTree::of).toList();
            case Value.Keyed keyed -> {
                Map<String, @Nullable Object> tree = new LinkedHashMap<>();
                keyed.values().forEach((key, element) -> tree.put(key, of(element)));
                yield tree;
            }
            case Value.Entries entries -> {
                Map<String, @Nullable Object> tree = new LinkedHashMap<>();
                entries.values().forEach((key, element) -> tree.put(ValueText.of(key), of(element)));
                yield tree;
            }
        };
    }

    private static String base64(Value.Bytes value) {
        byte[] bytes = new byte[value.value().remaining()];
        value.value().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}

package dev.manciple.cli;

import dev.manciple.spi.Value;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Values as people read them in a table. */
final class ValueText {
    private ValueText() {}

    static String of(Value value) {
        return switch (value) {
            case Value.Null none -> "null";
            case Value.Missing missing -> "missing";
            case Value.Corrupt(String reason) -> "unreadable: " + reason;
            case Value.Int(long number) -> Long.toString(number);
            case Value.Real(double number) -> Double.toString(number);
            case Value.Bool(boolean bool) -> Boolean.toString(bool);
            case Value.Text(String text) -> text;
            case Value.Bytes bytes -> "0x" + HexFormat.of().formatHex(bytes(bytes));
            case Value.Time time -> time.value().toString();
            case Value.ZonedTime time -> time.value().atZone(time.zone()).toString();
            case Value.Many many ->
                many.values().stream().map(ValueText::of).collect(Collectors.joining(", ", "[", "]"));
            case Value.Keyed keyed ->
                keyed.values().entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + of(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Value.Entries entries ->
                entries.values().entrySet().stream()
                        .map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    /** Whether people want it aligned to the right. */
    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real;
    }

    private static byte[] bytes(Value.Bytes value) {
        byte[] bytes = new byte[value.value().remaining()];
        value.value().get(bytes);
        return bytes;
    }
}

package dev.manciple.cli;

import dev.manciple.model.ValueType;
import java.util.stream.Collectors;

/** Value types as definitions write them. */
final class TypeText {
    private TypeText() {}

    static String of(ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar.name();
            case ValueType.ListOf(ValueType element) -> "Array(%s)".formatted(of(element));
            case ValueType.SetOf(ValueType element) -> "Set(%s)".formatted(of(element));
            case ValueType.StringMap map -> "Map";
            case ValueType.ScalarMap map -> "ScalarMap";
            case ValueType.StructOf struct ->
                struct.fields().stream()
                        .map(field -> field.name() + ": " + of(field.type()))
                        .collect(Collectors.joining(", ", "Struct({", "})"));
        };
    }
}

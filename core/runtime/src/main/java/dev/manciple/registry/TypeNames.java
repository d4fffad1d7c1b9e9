package dev.manciple.registry;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.util.stream.Collectors;

/** Types as people write them in definitions. */
final class TypeNames {
    private TypeNames() {}

    static String of(ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar.name();
            case ValueType.ListOf list -> "Array(" + of(list.element()) + ")";
            case ValueType.SetOf set -> "Set(" + of(set.element()) + ")";
            case ValueType.StringMap map -> "MAP";
            case ValueType.ScalarMap map -> "SCALAR_MAP";
            case ValueType.StructOf struct ->
                struct.fields().stream().map(TypeNames::of).collect(Collectors.joining(", ", "Struct({", "})"));
        };
    }

    /** {@code name: type}. */
    static String of(Field field) {
        return field.name() + ": " + of(field.type());
    }
}

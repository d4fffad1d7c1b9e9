package dev.manciple.model;

import java.util.stream.Collectors;

/** Types as definitions name them, for messages: {@code Int64}, {@code Array(Int64)}, <code>Struct({a: Int64})</code>. */
public final class TypeNames {
    private TypeNames() {}

    public static String of(ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(scalar);
            case ValueType.ListOf list -> "Array(%s)".formatted(of(list.element()));
            case ValueType.SetOf set -> "Set(%s)".formatted(of(set.element()));
            case ValueType.StringMap map -> "Map";
            case ValueType.ScalarMap map -> "ScalarMap";
            case ValueType.StructOf struct ->
                struct.fields().stream()
                        .map(field -> field.name() + ": " + of(field.type()))
                        .collect(Collectors.joining(", ", "Struct({", "})"));
        };
    }

    private static String scalar(ValueType.Scalar type) {
        return switch (type) {
            case BYTES -> "Bytes";
            case STRING -> "String";
            case INT32 -> "Int32";
            case INT64 -> "Int64";
            case FLOAT -> "Float32";
            case DOUBLE -> "Float64";
            case BOOL -> "Bool";
            case UNIX_TIMESTAMP -> "UnixTimestamp";
            case ZONED_TIMESTAMP -> "ZonedTimestamp";
            case DECIMAL -> "Decimal";
            case JSON -> "Json";
            case UUID -> "Uuid";
            case TIME_UUID -> "TimeUuid";
            case IMAGE_BYTES -> "ImageBytes";
            case PDF_BYTES -> "PdfBytes";
        };
    }
}

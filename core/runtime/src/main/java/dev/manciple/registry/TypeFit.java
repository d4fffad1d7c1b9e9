package dev.manciple.registry;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import java.util.List;

/**
 * Whether a column can hold a declared type. Kinds must agree, widths need not: an integer feature may lie in a column of
 * doubles, as programs without nullable integers write it. Each value is converted exactly or refused when it is read.
 */
final class TypeFit {
    private TypeFit() {}

    /** What values of a scalar type are made of. */
    private enum Kind {
        NUMBER,
        FLAG,
        TEXT,
        BYTES,
        TIME
    }

    /** @param untyped whether the file has text only, so that the found type is a reader's guess */
    static boolean fits(ValueType declared, ValueType found, boolean untyped) {
        return switch (declared) {
            case ValueType.Scalar scalar -> scalar(scalar, found, untyped);
            case ValueType.ListOf list -> elements(list.element(), found, untyped);
            case ValueType.SetOf set -> elements(set.element(), found, untyped);
            case ValueType.StringMap map -> keyed(found);
            case ValueType.ScalarMap map -> keyed(found);
            case ValueType.StructOf struct -> struct(struct.fields(), found, untyped);
        };
    }

    private static boolean scalar(ValueType.Scalar declared, ValueType found, boolean untyped) {
        if (declared == ValueType.Scalar.JSON && !(found instanceof ValueType.Scalar)) {
            return true;
        }
        if (declared == ValueType.Scalar.ZONED_TIMESTAMP && found instanceof ValueType.StructOf) {
            return true;
        }
        if (!(found instanceof ValueType.Scalar column)) {
            return false;
        }
        Kind has = kind(column);
        return switch (kind(declared)) {
            case NUMBER ->
                has == Kind.NUMBER || has == Kind.FLAG || (declared == ValueType.Scalar.DECIMAL && has == Kind.TEXT);
            case FLAG -> has == Kind.FLAG || column == ValueType.Scalar.INT32 || column == ValueType.Scalar.INT64;
            case TEXT -> has == Kind.TEXT || untyped || (isUuid(declared) && has == Kind.BYTES);
            case BYTES -> has == Kind.BYTES;
            case TIME -> has == Kind.TIME;
        };
    }

    private static Kind kind(ValueType.Scalar type) {
        return switch (type) {
            case INT32, INT64, FLOAT, DOUBLE, DECIMAL -> Kind.NUMBER;
            case BOOL -> Kind.FLAG;
            case STRING, JSON, UUID, TIME_UUID -> Kind.TEXT;
            case BYTES, IMAGE_BYTES, PDF_BYTES -> Kind.BYTES;
            case UNIX_TIMESTAMP, ZONED_TIMESTAMP -> Kind.TIME;
        };
    }

    private static boolean isUuid(ValueType.Scalar type) {
        return type == ValueType.Scalar.UUID || type == ValueType.Scalar.TIME_UUID;
    }

    private static boolean elements(ValueType declared, ValueType found, boolean untyped) {
        return switch (found) {
            case ValueType.ListOf list -> fits(declared, list.element(), untyped);
            case ValueType.SetOf set -> fits(declared, set.element(), untyped);
            case ValueType.Scalar scalar -> isText(scalar);
            case ValueType.StringMap map -> false;
            case ValueType.ScalarMap map -> false;
            case ValueType.StructOf struct -> false;
        };
    }

    private static boolean keyed(ValueType found) {
        return switch (found) {
            case ValueType.StringMap map -> true;
            case ValueType.ScalarMap map -> true;
            case ValueType.StructOf struct -> true;
            case ValueType.Scalar scalar -> isText(scalar);
            case ValueType.ListOf list -> false;
            case ValueType.SetOf set -> false;
        };
    }

    private static boolean struct(List<Field> declared, ValueType found, boolean untyped) {
        return switch (found) {
            case ValueType.StructOf struct ->
                declared.stream()
                        .allMatch(field -> struct.fields().stream()
                                .anyMatch(part ->
                                        part.name().equals(field.name()) && fits(field.type(), part.type(), untyped)));
            case ValueType.StringMap map -> true;
            case ValueType.ScalarMap map -> false;
            case ValueType.Scalar scalar -> isText(scalar);
            case ValueType.ListOf list -> false;
            case ValueType.SetOf set -> false;
        };
    }

    /** Engines without a type for nested values keep them as JSON text. */
    private static boolean isText(ValueType.Scalar type) {
        return kind(type) == Kind.TEXT;
    }
}

package dev.manciple.duckdb;

import dev.manciple.model.ValueType;
import java.util.Optional;

/** DuckDB's names of declared types, for texts that do not tell their type. */
final class EngineTypes {
    private EngineTypes() {}

    /** The type to read a text as; empty where the text itself has to tell. */
    static Optional<String> ofText(ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(scalar);
            case ValueType.ListOf list -> ofText(list.element()).map(element -> element + "[]");
            case ValueType.SetOf set -> ofText(set.element()).map(element -> element + "[]");
            case ValueType.StringMap map -> Optional.of("VARCHAR");
            case ValueType.ScalarMap map -> Optional.of("VARCHAR");
            case ValueType.StructOf struct -> Optional.of("VARCHAR");
        };
    }

    private static Optional<String> scalar(ValueType.Scalar type) {
        return switch (type) {
            case BYTES, IMAGE_BYTES, PDF_BYTES -> Optional.of("BLOB");
            case STRING, DECIMAL, JSON, UUID, TIME_UUID -> Optional.of("VARCHAR");
            case INT32 -> Optional.of("INTEGER");
            case INT64 -> Optional.of("BIGINT");
            case FLOAT -> Optional.of("FLOAT");
            case DOUBLE -> Optional.of("DOUBLE");
            case BOOL -> Optional.of("BOOLEAN");
            case UNIX_TIMESTAMP -> Optional.of("TIMESTAMPTZ");
            case ZONED_TIMESTAMP -> Optional.empty();
        };
    }
}

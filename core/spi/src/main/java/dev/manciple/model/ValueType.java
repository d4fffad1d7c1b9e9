package dev.manciple.model;

import java.util.List;

/** The type of a feature or entity value; mirrors Feast's value types. */
public sealed interface ValueType {
    /** A type without parts. {@code UNIX_TIMESTAMP} is kept in whole seconds by Feast's online value format. */
    enum Scalar implements ValueType {
        BYTES,
        STRING,
        INT32,
        INT64,
        FLOAT,
        DOUBLE,
        BOOL,
        UNIX_TIMESTAMP,
        ZONED_TIMESTAMP,
        DECIMAL,
        JSON,
        UUID,
        TIME_UUID,
        IMAGE_BYTES,
        PDF_BYTES
    }

    /** An ordered list; Feast's {@code Array}. */
    record ListOf(ValueType element) implements ValueType {}

    /** A list without duplicates; Feast's {@code Set}. */
    record SetOf(ValueType element) implements ValueType {}

    /** Feast's {@code Map}: keys are strings, values describe themselves. */
    enum StringMap implements ValueType {
        STRING_MAP
    }

    /** Feast's {@code ScalarMap}: keys are scalars of any type, values describe themselves. */
    enum ScalarMap implements ValueType {
        SCALAR_MAP
    }

    /** Named, typed parts. */
    record StructOf(List<Field> fields) implements ValueType {
        public StructOf {
            fields = List.copyOf(fields);
        }
    }
}

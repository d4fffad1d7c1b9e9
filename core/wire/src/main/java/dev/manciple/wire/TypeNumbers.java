package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.TypeNames;
import dev.manciple.model.ValueType;
import dev.manciple.wire.proto.ValueProto.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Feast's number of each value type, which is also the number of the member of {@code feast.types.Value} that holds it. Two
 * byte types have a number of their own in schemas and none in values.
 */
final class TypeNumbers {
    static final int PDF_BYTES = 30;
    static final int IMAGE_BYTES = 31;

    /** By number; read for every value served, so nothing is made on the way. */
    private static final List<Optional<ValueType>> TYPES = types();

    private TypeNumbers() {}

    /**
     * The type a number stands for where nothing more is said: the parts of structs and nested lists are not in the number,
     * so structs come without fields and nested lists as lists of texts. Empty for numbers Feast 0.66 does not know.
     */
    static Optional<ValueType> type(int number) {
        return number >= 0 && number < TYPES.size() ? TYPES.get(number) : Optional.empty();
    }

    private static List<Optional<ValueType>> types() {
        Set<ValueType.Scalar> notInLists =
                EnumSet.of(ValueType.Scalar.ZONED_TIMESTAMP, ValueType.Scalar.IMAGE_BYTES, ValueType.Scalar.PDF_BYTES);
        ValueType.StructOf struct = new ValueType.StructOf(List.of());
        ValueType.ListOf texts = new ValueType.ListOf(ValueType.Scalar.STRING);
        List<ValueType> known = new ArrayList<>(List.of(
                ValueType.StringMap.STRING_MAP,
                ValueType.ScalarMap.SCALAR_MAP,
                struct,
                new ValueType.ListOf(ValueType.StringMap.STRING_MAP),
                new ValueType.ListOf(struct),
                new ValueType.ListOf(texts),
                new ValueType.SetOf(texts)));
        for (ValueType.Scalar scalar : ValueType.Scalar.values()) {
            known.add(scalar);
            if (!notInLists.contains(scalar)) {
                known.add(new ValueType.ListOf(scalar));
                if (scalar != ValueType.Scalar.JSON) {
                    known.add(new ValueType.SetOf(scalar));
                }
            }
        }
        Map<Integer, ValueType> byNumber =
                known.stream().collect(Collectors.toMap(TypeNumbers::of, Function.identity()));
        return IntStream.rangeClosed(0, Collections.max(byNumber.keySet()))
                .mapToObj(number -> Optional.ofNullable(byNumber.get(number)))
                .toList();
    }

    /**
     * The number schemas use.
     *
     * @throws InvalidRequestException if Feast has none
     */
    static int of(ValueType type) {
        return switch (type) {
            case ValueType.Scalar scalar -> scalar(scalar);
            case ValueType.ListOf list -> list(list);
            case ValueType.SetOf set -> set(set);
            case ValueType.StringMap map -> Value.MAP_VAL_FIELD_NUMBER;
            case ValueType.ScalarMap map -> Value.SCALAR_MAP_VAL_FIELD_NUMBER;
            case ValueType.StructOf struct -> Value.STRUCT_VAL_FIELD_NUMBER;
        };
    }

    /** The member of {@code Value} that holds a type: its number, save that all byte types share one. */
    static int member(ValueType type) {
        int number = of(type);
        return number == PDF_BYTES || number == IMAGE_BYTES ? Value.BYTES_VAL_FIELD_NUMBER : number;
    }

    private static int scalar(ValueType.Scalar type) {
        return switch (type) {
            case BYTES -> Value.BYTES_VAL_FIELD_NUMBER;
            case STRING -> Value.STRING_VAL_FIELD_NUMBER;
            case INT32 -> Value.INT32_VAL_FIELD_NUMBER;
            case INT64 -> Value.INT64_VAL_FIELD_NUMBER;
            case FLOAT -> Value.FLOAT_VAL_FIELD_NUMBER;
            case DOUBLE -> Value.DOUBLE_VAL_FIELD_NUMBER;
            case BOOL -> Value.BOOL_VAL_FIELD_NUMBER;
            case UNIX_TIMESTAMP -> Value.UNIX_TIMESTAMP_VAL_FIELD_NUMBER;
            case ZONED_TIMESTAMP -> Value.ZONED_TIMESTAMP_VAL_FIELD_NUMBER;
            case DECIMAL -> Value.DECIMAL_VAL_FIELD_NUMBER;
            case JSON -> Value.JSON_VAL_FIELD_NUMBER;
            case UUID -> Value.UUID_VAL_FIELD_NUMBER;
            case TIME_UUID -> Value.TIME_UUID_VAL_FIELD_NUMBER;
            case IMAGE_BYTES -> IMAGE_BYTES;
            case PDF_BYTES -> PDF_BYTES;
        };
    }

    private static int list(ValueType.ListOf type) {
        return switch (type.element()) {
            case ValueType.Scalar element ->
                switch (element) {
                    case BYTES -> Value.BYTES_LIST_VAL_FIELD_NUMBER;
                    case STRING -> Value.STRING_LIST_VAL_FIELD_NUMBER;
                    case INT32 -> Value.INT32_LIST_VAL_FIELD_NUMBER;
                    case INT64 -> Value.INT64_LIST_VAL_FIELD_NUMBER;
                    case FLOAT -> Value.FLOAT_LIST_VAL_FIELD_NUMBER;
                    case DOUBLE -> Value.DOUBLE_LIST_VAL_FIELD_NUMBER;
                    case BOOL -> Value.BOOL_LIST_VAL_FIELD_NUMBER;
                    case UNIX_TIMESTAMP -> Value.UNIX_TIMESTAMP_LIST_VAL_FIELD_NUMBER;
                    case DECIMAL -> Value.DECIMAL_LIST_VAL_FIELD_NUMBER;
                    case JSON -> Value.JSON_LIST_VAL_FIELD_NUMBER;
                    case UUID -> Value.UUID_LIST_VAL_FIELD_NUMBER;
                    case TIME_UUID -> Value.TIME_UUID_LIST_VAL_FIELD_NUMBER;
                    case ZONED_TIMESTAMP, IMAGE_BYTES, PDF_BYTES -> throw none(type);
                };
            case ValueType.StringMap map -> Value.MAP_LIST_VAL_FIELD_NUMBER;
            case ValueType.StructOf struct -> Value.STRUCT_LIST_VAL_FIELD_NUMBER;
            case ValueType.ListOf list -> Value.LIST_VAL_FIELD_NUMBER;
            case ValueType.SetOf set -> Value.LIST_VAL_FIELD_NUMBER;
            case ValueType.ScalarMap map -> throw none(type);
        };
    }

    private static int set(ValueType.SetOf type) {
        return switch (type.element()) {
            case ValueType.Scalar element ->
                switch (element) {
                    case BYTES -> Value.BYTES_SET_VAL_FIELD_NUMBER;
                    case STRING -> Value.STRING_SET_VAL_FIELD_NUMBER;
                    case INT32 -> Value.INT32_SET_VAL_FIELD_NUMBER;
                    case INT64 -> Value.INT64_SET_VAL_FIELD_NUMBER;
                    case FLOAT -> Value.FLOAT_SET_VAL_FIELD_NUMBER;
                    case DOUBLE -> Value.DOUBLE_SET_VAL_FIELD_NUMBER;
                    case BOOL -> Value.BOOL_SET_VAL_FIELD_NUMBER;
                    case UNIX_TIMESTAMP -> Value.UNIX_TIMESTAMP_SET_VAL_FIELD_NUMBER;
                    case DECIMAL -> Value.DECIMAL_SET_VAL_FIELD_NUMBER;
                    case UUID -> Value.UUID_SET_VAL_FIELD_NUMBER;
                    case TIME_UUID -> Value.TIME_UUID_SET_VAL_FIELD_NUMBER;
                    case JSON, ZONED_TIMESTAMP, IMAGE_BYTES, PDF_BYTES -> throw none(type);
                };
            case ValueType.ListOf list -> Value.SET_VAL_FIELD_NUMBER;
            case ValueType.SetOf set -> Value.SET_VAL_FIELD_NUMBER;
            case ValueType.StringMap map -> throw none(type);
            case ValueType.ScalarMap map -> throw none(type);
            case ValueType.StructOf struct -> throw none(type);
        };
    }

    private static InvalidRequestException none(ValueType type) {
        return new InvalidRequestException("Feast has no value type for " + TypeNames.of(type));
    }
}

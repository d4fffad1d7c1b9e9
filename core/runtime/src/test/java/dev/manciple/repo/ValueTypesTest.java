package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.ListOf;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.model.ValueType.SetOf;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {
    /** Feast's type names beside its value-type names. */
    private static final Map<ValueType, List<String>> NAMES = Map.ofEntries(
            Map.entry(Scalar.BYTES, List.of("Bytes", "BYTES")),
            Map.entry(Scalar.STRING, List.of("String", "STRING")),
            Map.entry(Scalar.INT32, List.of("Int32", "INT32")),
            Map.entry(Scalar.INT64, List.of("Int64", "INT64")),
            Map.entry(Scalar.FLOAT, List.of("Float32", "FLOAT")),
            Map.entry(Scalar.DOUBLE, List.of("Float64", "DOUBLE")),
            Map.entry(Scalar.BOOL, List.of("Bool", "BOOL")),
            Map.entry(Scalar.UNIX_TIMESTAMP, List.of("UnixTimestamp", "UNIX_TIMESTAMP")),
            Map.entry(Scalar.ZONED_TIMESTAMP, List.of("ZonedTimestamp", "ZONED_TIMESTAMP")),
            Map.entry(Scalar.DECIMAL, List.of("Decimal", "DECIMAL")),
            Map.entry(Scalar.JSON, List.of("Json", "JSON")),
            Map.entry(Scalar.UUID, List.of("Uuid", "UUID")),
            Map.entry(Scalar.TIME_UUID, List.of("TimeUuid", "TIME_UUID")),
            Map.entry(Scalar.IMAGE_BYTES, List.of("ImageBytes", "IMAGE_BYTES")),
            Map.entry(Scalar.PDF_BYTES, List.of("PdfBytes", "PDF_BYTES")),
            Map.entry(ValueType.StringMap.STRING_MAP, List.of("Map", "MAP")),
            Map.entry(ValueType.ScalarMap.SCALAR_MAP, List.of("ScalarMap", "SCALAR_MAP")),
            Map.entry(new ListOf(Scalar.FLOAT), List.of("Array(Float32)", "FLOAT_LIST", "list( float32 )")),
            Map.entry(new ListOf(Scalar.INT64), List.of("Array(Int64)", "INT64_LIST")),
            Map.entry(new ListOf(Scalar.UNIX_TIMESTAMP), List.of("Array(UnixTimestamp)", "UNIX_TIMESTAMP_LIST")),
            Map.entry(new ListOf(ValueType.StringMap.STRING_MAP), List.of("Array(Map)", "MAP_LIST")),
            Map.entry(new SetOf(Scalar.STRING), List.of("Set(String)", "STRING_SET")),
            Map.entry(new SetOf(Scalar.UUID), List.of("Set(Uuid)", "UUID_SET")),
            Map.entry(new ListOf(new ListOf(new SetOf(Scalar.INT32))), List.of("Array(Array(Set(Int32)))")),
            Map.entry(
                    new ValueType.StructOf(
                            List.of(Field.of("a", Scalar.INT64), Field.of("b c", new ListOf(Scalar.STRING)))),
                    List.of("Struct({a: Int64, 'b c': Array(String)})", "struct({\"a\":int64,\"b c\":list(string)})")),
            Map.entry(
                    new ListOf(new ValueType.StructOf(List.of(Field.of("x", Scalar.BOOL)))),
                    List.of("Array(Struct({x: Bool}))")));

    @Test
    void everyNameInEveryCase() {
        NAMES.forEach((type, names) -> {
            for (String name : names) {
                assertThat(ValueTypes.parse(name)).as(name).isEqualTo(type);
                if (!name.contains("{")) {
                    assertThat(ValueTypes.parse(name.toLowerCase(Locale.ROOT))).isEqualTo(type);
                    assertThat(ValueTypes.parse(name.toUpperCase(Locale.ROOT))).isEqualTo(type);
                }
            }
        });
    }

    @Test
    void everyScalarIsNamed() {
        assertThat(NAMES.keySet()).contains(Scalar.values());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Array",
                "Array()",
                "Array(Int64",
                "Set(Int64))",
                "Struct(Int64)",
                "Struct({a})",
                "Int64 x",
                "'Int64"
            })
    void whatIsNoTypeIsRefused(String text) {
        assertThatThrownBy(() -> ValueTypes.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the type '%s' cannot be read: ", text);
    }
}

package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrowTypeTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "bool",
                "int8",
                "uint64",
                "halffloat",
                "float",
                "double",
                "string",
                "large_string",
                "binary",
                "fixed_size_binary[16]",
                "date32[day]",
                "date64[ms]",
                "time32[ms]",
                "time64[ns]",
                "timestamp[us]",
                "timestamp[ns, tz=UTC]",
                "timestamp[s, tz=America/New_York]",
                "duration[us]",
                "month_day_nano_interval",
                "decimal128(10, 2)",
                "decimal256(40, -3)",
                "list<item: int64>",
                "list<item: int64 not null>",
                "large_list<item: list<item: string>>",
                "fixed_size_list<item: float>[3]",
                "struct<>",
                "struct<a: int64, with space: timestamp[us, tz=UTC], c: struct<d: bool>>",
                "map<string, list<item: double>>",
            })
    void readsWhatItWrites(String text) {
        assertThat(ArrowTypeText.write(ArrowTypeText.read("c", text))).isEqualTo(text);
    }

    @Test
    void callsElementsOfListsItems() {
        assertThat(ArrowTypeText.write(ArrowTypeText.read("c", "list<l: large_list<element: struct<a: int64>>>")))
                .isEqualTo("list<item: large_list<item: struct<a: int64>>>");
    }

    @Test
    void namesTheColumn() {
        assertThat(ArrowTypeText.read("c", "string")).isEqualTo(Field.nullable("c", ArrowType.Utf8.INSTANCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "varchar(10)", "int64 ", "list<item int64>", "timestamp[days]", "list<item: int64"})
    void refusesWhatIsNoType(String text) {
        assertThatThrownBy(() -> ArrowTypeText.read("c", text))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'%s'", text);
    }
}
